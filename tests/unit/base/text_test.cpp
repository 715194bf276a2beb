#include "base/text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace secondstep {
namespace {

TEST(Text, ParsesWholeNumbersOnly) {
    EXPECT_EQ(parse_number<int>("12"), 12);
    EXPECT_EQ(parse_number<int>("-12"), -12);
    EXPECT_EQ(parse_number<unsigned>("007"), 7U);
    EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551615"), UINT64_MAX);
    EXPECT_EQ(parse_number<std::uint8_t>("255"), 255);
}

TEST(Text, RefusesWhatIsNotANumber) {
    for (const std::string_view text :
         {"", " 12", "12 ", "12x", "+12", "0x1f", "1e3", "1.0", "--1", "-", "\xd9\xa3"}) {
        EXPECT_FALSE(parse_number<int>(text).has_value()) << text;
    }
    EXPECT_FALSE(parse_number<int>(std::string_view("12\0", 3)).has_value());
    EXPECT_FALSE(parse_number<unsigned>("-1").has_value());
    EXPECT_FALSE(parse_number<std::uint8_t>("256").has_value());
    EXPECT_FALSE(parse_number<std::uint64_t>("18446744073709551616").has_value());
    EXPECT_FALSE(parse_number<std::uint64_t>("99999999999999999999").has_value());
}

TEST(Text, TrimsSpacesAndTabsOnly) {
    EXPECT_EQ(trimmed(" \t a b\t "), "a b");
    EXPECT_EQ(trimmed("\na\n"), "\na\n");
    EXPECT_EQ(trimmed(" \t"), "");
    EXPECT_EQ(trimmed(""), "");
}

TEST(Text, SplitsAndKeepsEmptyParts) {
    EXPECT_EQ(split("a, b", ','), (std::vector<std::string_view>{"a", " b"}));
    EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
    EXPECT_EQ(split(",", ','), (std::vector<std::string_view>{"", ""}));
    EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
}

// In a Turkish locale tolower('I') is no 'i'.
TEST(Text, LowersAsciiLettersOnly) {
    EXPECT_EQ(lowercase_ascii("AZIaz09[\\]@\xc3\x84"), "aziaz09[\\]@\xc3\x84");
}

TEST(Text, KnowsUtf8) {
    EXPECT_TRUE(is_valid_utf8(""));
    EXPECT_TRUE(is_valid_utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"));
    EXPECT_TRUE(is_valid_utf8("\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80"));  // U+10FFFF, U+D7FF, U+E000
    for (const std::string_view bad : {
             "\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "a\xc3z",  // no lead, cut short
             "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf",    // overlong '/'
             "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80",
             "\xf5\x80\x80\x80"  // surrogates, over U+10FFFF
         }) {
        EXPECT_FALSE(is_valid_utf8(bad)) << hex(as_bytes(bad));
    }
}

TEST(Text, FindsControlCharacters) {
    EXPECT_TRUE(has_control_characters("a\nb"));
    EXPECT_TRUE(has_control_characters("\x1b[31m"));
    EXPECT_TRUE(has_control_characters("\x7f"));
    EXPECT_TRUE(
        has_control_characters("\xc2\x9b"
                               "31m"));  // C1: CSI
    EXPECT_TRUE(has_control_characters(std::string_view("a\0", 2)));
    EXPECT_FALSE(has_control_characters("alice \xc3\x84\xc2\xa0"));
}

TEST(Text, PrintableKeepsReadableText) {
    EXPECT_EQ(printable("alice@web01 \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
              "alice@web01 \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
    EXPECT_EQ(printable(""), "");
}

TEST(Text, PrintableReplacesControlCharacters) {
    EXPECT_EQ(printable("a\nJan 1 sshd: fake\r\x1b[2J"), "a?Jan 1 sshd: fake??[2J");
    EXPECT_EQ(printable(std::string_view("a\0b\x7f", 4)), "a?b?");
    EXPECT_EQ(printable("\xc2\x85\xc2\x9b"), "??");  // C1: next line, CSI
}

TEST(Text, PrintableReplacesBidirectionalOverridesAndLineSeparators) {
    EXPECT_EQ(printable("a\xe2\x80\xae"
                        "b"),
              "a?b");                                                              // U+202E
    EXPECT_EQ(printable("\xe2\x80\xaa\xe2\x80\xab"), "??");                        // U+202A, U+202B
    EXPECT_EQ(printable("\xe2\x81\xa6x\xe2\x81\xa9"), "?x?");                      // U+2066, U+2069
    EXPECT_EQ(printable("\xe2\x80\xa8\xe2\x80\xa9"), "??");                        // U+2028, U+2029
    EXPECT_EQ(printable("\xe2\x80\xa7\xe2\x81\xaa"), "\xe2\x80\xa7\xe2\x81\xaa");  // their neighbours
}

TEST(Text, PrintableReplacesInvalidUtf8ByteByByte) {
    EXPECT_EQ(printable("a\xff\xfe"
                        "b"),
              "a??b");
    EXPECT_EQ(printable("\xe2\x82"), "??");
    EXPECT_EQ(printable("\xc0\x8a"), "??");  // an overlong line feed
    EXPECT_EQ(printable("\xe2\nb"), "??b");  // the line feed is not swallowed as a continuation
}

TEST(Text, PrintableCutsAtACharacterBoundary) {
    EXPECT_EQ(printable("abcdefgh", 8), "abcdefgh");
    EXPECT_EQ(printable("abcdefghi", 8), "abcde...");
    EXPECT_EQ(printable("abcd\xe2\x82\xac"
                        "fgh",
                        8),
              "abcd...");  // the euro sign does not fit
    EXPECT_EQ(printable("ab\xe2\x82\xac"
                        "fghi",
                        8),
              "ab\xe2\x82\xac...");
    EXPECT_EQ(printable("abcdef", 2), "..");
    EXPECT_EQ(printable("abcdef", 0), "");
}

TEST(Text, PrintableResultsAreValidAndBounded) {
    std::string mixed;
    for (int i = 0; i < 3; ++i)
        mixed += "\xc3\xa4\xf0\x9f\x98\x80\xff\n\xe2\x80\xae";
    for (std::size_t max = 0; max < 40; ++max) {
        const std::string shown = printable(mixed, max);
        EXPECT_LE(shown.size(), max);
        EXPECT_TRUE(is_valid_utf8(shown)) << max;
        EXPECT_FALSE(has_control_characters(shown)) << max;
    }
}

TEST(Text, HexBothWays) {
    const Bytes bytes{0x00, 0x7f, 0x80, 0xff};
    EXPECT_EQ(hex(bytes), "007f80ff");
    EXPECT_EQ(from_hex("007F80fF"), bytes);
    EXPECT_EQ(from_hex(""), Bytes{});
    for (const std::string_view bad : {"0", "0g", "g0", " 0", "0x", "00 ", "\xc3\xa4"}) {
        EXPECT_FALSE(from_hex(bad).has_value()) << bad;
    }
}

}  // namespace
}  // namespace secondstep
