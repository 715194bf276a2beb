#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace secondstep {
namespace {

std::string encoded(char32_t c) {
    const auto tail = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
    if (c < 0x80) return {static_cast<char>(c)};
    if (c < 0x800) return {static_cast<char>(0xc0 | c >> 6), tail(0)};
    if (c < 0x10000) return {static_cast<char>(0xe0 | c >> 12), tail(6), tail(0)};
    return {static_cast<char>(0xf0 | c >> 18), tail(12), tail(6), tail(0)};
}

TEST(Utf8, TakesEveryCharacterButSurrogates) {
    for (char32_t c = 0; c <= 0x110fff; ++c) {
        const std::string text = encoded(c) + "x";
        std::string_view rest = text;
        const bool valid = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
        const std::optional<char32_t> taken = take_character(rest);
        ASSERT_EQ(taken, valid ? std::optional(c) : std::nullopt) << std::hex << static_cast<unsigned>(c);
        ASSERT_EQ(rest.size(), valid ? 1U : text.size() - 1);
    }
}

TEST(Utf8, TakesOneByteOfWhatIsInvalid) {
    std::string_view rest = "\xe2\x82z";
    EXPECT_EQ(take_character(rest), std::nullopt);
    EXPECT_EQ(rest, "\x82z");
    EXPECT_EQ(take_character(rest), std::nullopt);
    EXPECT_EQ(take_character(rest), U'z');
    EXPECT_TRUE(rest.empty());
}

}  // namespace
}  // namespace secondstep
