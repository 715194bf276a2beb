#include <gtest/gtest.h>

#include "base/character_width.h"
#include "base/text.h"

namespace secondstep {
namespace {

TEST(CharacterWidth, NarrowLettersTakeOneColumn) {
    EXPECT_EQ(display_width(""), 0U);
    EXPECT_EQ(display_width("alice"), 5U);
    EXPECT_EQ(display_width("\xc3\x84rger"), 5U);
    EXPECT_EQ(display_width("\xe2\x96\x80\xe2\x96\x84\xe2\x96\x88"), 3U);  // half blocks of a QR
    EXPECT_EQ(display_width("\xc2\xad"), 1U);                              // the soft hyphen, as terminals do
}

// These tests run in the locale "C", in which wcwidth() knows none of these.
TEST(CharacterWidth, EastAsianCharactersAndEmojiTakeTwo) {
    EXPECT_EQ(display_width("\xe7\x94\xb0\xe4\xb8\xad"), 4U);  // U+7530 U+4E2D
    EXPECT_EQ(display_width("\xea\xb0\x80"), 2U);              // U+AC00, the first of Hangul
    EXPECT_EQ(display_width("\xed\x9e\xa3"), 2U);              // U+D7A3, the last
    EXPECT_EQ(display_width("\xef\xbc\xa1"), 2U);              // U+FF21, a fullwidth A
    EXPECT_EQ(display_width("\xef\xbd\xa1"), 1U);              // U+FF61, halfwidth
    EXPECT_EQ(display_width("\xf0\x9f\x98\x80"), 2U);          // U+1F600
    EXPECT_EQ(display_width("\xf0\xa0\x80\x80"), 2U);          // U+20000
}

TEST(CharacterWidth, CombiningCharactersTakeNone) {
    EXPECT_EQ(display_width("e\xcc\x81"), 1U);  // U+0301
    EXPECT_EQ(display_width("a\xe2\x80\x8d"
                            "b"),
              2U);                                             // U+200D, zero width joiner
    EXPECT_EQ(display_width("\xe1\x84\x80\xe1\x85\xa1"), 2U);  // U+1100 U+1161: one Hangul syllable
    EXPECT_EQ(display_width("\xe3\x81\x8b\xe3\x82\x99"), 2U);  // U+304B U+3099, inside the wide kana
    EXPECT_EQ(display_width("\xf3\xa0\x87\xaf"), 0U);          // U+E01EF, the last of the table
}

TEST(CharacterWidth, InvalidBytesTakeOneEach) {
    EXPECT_EQ(display_width("a\xff\xfe"), 3U);
}

}  // namespace
}  // namespace secondstep
