#include "files/text_encoding.h"

#include <gtest/gtest.h>

#include <string>

#include "support/failure.h"

namespace secondstep::tool {
namespace {

std::string utf16(std::u16string_view text, bool big, bool marked) {
    std::string bytes = marked ? (big ? "\xfe\xff" : "\xff\xfe") : "";
    for (const char16_t unit : text) {
        const char high = static_cast<char>(unit >> 8);
        const char low = static_cast<char>(unit & 0xff);
        bytes += big ? high : low;
        bytes += big ? low : high;
    }
    return bytes;
}

std::string read(std::string_view text) {
    const auto utf8 = in_utf8(text, encoding_of(text));
    return utf8 ? std::string(utf8->text()) : "error";
}

TEST(TextEncoding, Utf16IsKnownByItsMarkOrByItsZeros) {
    for (const bool big : {false, true}) {
        for (const bool marked : {false, true})
            EXPECT_EQ(read(utf16(u"user,secret\r\n", big, marked)), "user,secret\r\n") << big << marked;
    }
}

TEST(TextEncoding, EveryCharacterComesThrough) {
    for (const bool big : {false, true})
        EXPECT_EQ(read(utf16(u"user\u00e9\u20ac\U0001f511x", big, true)), "user\u00e9\u20ac\U0001f511x");
}

TEST(TextEncoding, EverythingElseIsTakenAsItIs) {
    EXPECT_EQ(read("\xef\xbb\xbfuser"), "user");
    EXPECT_EQ(read("caf\xe9"), "caf\xe9");
    EXPECT_EQ(read(""), "");
    EXPECT_EQ(read(std::string("a\0b", 3)), std::string("a\0b", 3));
}

TEST(TextEncoding, WhatIsCutIsAnError) {
    for (const std::u16string text : {u"user\xd83d", u"user\xdd11x", u"user\xd83dxyz"})
        EXPECT_EQ(testing::failure(in_utf8(utf16(text, false, true), TextEncoding::utf16_little_endian)),
                  Errc::invalid);
    EXPECT_EQ(testing::failure(in_utf8("\xff\xfe\x61", TextEncoding::utf16_little_endian)), Errc::invalid);
}

}  // namespace
}  // namespace secondstep::tool
