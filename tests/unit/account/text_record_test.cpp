#include "account/text_record.h"

#include <gtest/gtest.h>

#include <string>

namespace secondstep {
namespace {

Secret two_lines() {
    TextRecordWriter out("thing", 1);
    out.text("name", "a=b c");
    out.number("count", 18446744073709551615U);
    const std::array<std::uint8_t, 4> bytes{0x00, 0x9a, 0xbf, 0xff};
    out.hex("bytes", bytes);
    return std::move(out).finish();
}

Result<TextRecordReader> opened(const Secret& text) {
    return TextRecordReader::open(text, "thing", 1);
}

// The text with its check line made right again, so that a test reaches what it is about.
Secret rechecked(std::string body) {
    TextRecordWriter out("thing", 1);
    const std::string head = "thing 1\n";
    body = body.substr(head.size());
    while (!body.empty()) {
        const std::size_t end = body.find('\n');
        const std::size_t equals = body.find('=');
        out.text(body.substr(0, equals), body.substr(equals + 1, end - equals - 1));
        body = body.substr(end + 1);
    }
    return std::move(out).finish();
}

TEST(TextRecord, ReadsWhatItWrote) {
    const Secret text = two_lines();
    EXPECT_EQ(text.text().substr(0, text.size() - 23),
              "thing 1\nname=a=b c\ncount=18446744073709551615\nbytes=009abfff\n");
    auto in = opened(text).value();
    EXPECT_EQ(in.text("name"), "a=b c");
    EXPECT_EQ(in.number("count", UINT64_MAX), UINT64_MAX);
    EXPECT_EQ(in.array<4>("bytes"), (std::array<std::uint8_t, 4>{0x00, 0x9a, 0xbf, 0xff}));
    EXPECT_TRUE(in.finished());
}

TEST(TextRecord, ReadsEveryByteValueInHex) {
    Bytes all(256);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<std::uint8_t>(i);
    TextRecordWriter out("thing", 1);
    out.hex("all", all);
    const Secret text = std::move(out).finish();
    auto in = opened(text).value();
    EXPECT_TRUE(std::ranges::equal(in.hex("all", 256, 256).bytes(), all));
}

TEST(TextRecord, RefusesEveryCharacterThatIsNoLowerCaseHexDigit) {
    for (int c = 1; c < 256; ++c) {
        const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (c == '\n') continue;
        const Secret text = rechecked("thing 1\nx=0" + std::string(1, static_cast<char>(c)) + "\n");
        auto in = opened(text).value();
        static_cast<void>(in.hex("x", 1, 1));
        EXPECT_EQ(in.ok(), digit) << c;
    }
}

TEST(TextRecord, RefusesUnknownRepeatedMissingAndReorderedKeys) {
    for (const auto* body :
         {"thing 1\nnone=a\ncount=1\n", "thing 1\nname=a\nname=a\n", "thing 1\ncount=1\nname=a\n",
          "thing 1\nname=a\n", "thing 1\nname=a\ncount=1\nextra=1\n", "thing 1\nname=a\ncount=1\ncount=1\n",
          "thing 1\nnamex=a\ncount=1\n", "thing 1\nNAME=a\ncount=1\n"}) {
        const Secret text = rechecked(body);
        auto in = opened(text).value();
        static_cast<void>(in.text("name"));
        static_cast<void>(in.number("count", 10));
        EXPECT_FALSE(in.finished()) << body;
    }
}

TEST(TextRecord, RefusesNumbersThatAreNotWrittenTheOneWay) {
    for (const auto* number : {"", "01", "+1", " 1", "1 ", "-1", "0x1", "11", "18446744073709551616"}) {
        const Secret text = rechecked("thing 1\ncount=" + std::string(number) + "\n");
        auto in = opened(text).value();
        static_cast<void>(in.number("count", 10));
        EXPECT_FALSE(in.ok()) << number;
    }
}

TEST(TextRecord, ANewerVersionIsUnsupportedAndEveryOtherHeadIsDamaged) {
    const auto code = [](std::string_view head) { return opened(Secret::copy_of(head)).error().code; };
    EXPECT_EQ(code("thing 2\nwhatever"), Errc::unsupported);
    EXPECT_EQ(code("thing 4294967295\n"), Errc::unsupported);
    for (const auto* head :
         {"", "\n", "thing", "thing\n", "thing \n", "thing 0\n", "thing 01\n", "thing x\n", "thingy 1\n",
          "other 2\n", "thing 99999999999\n", "thing 1\n", "thing 1\ncheck=0000000000000000\n"}) {
        EXPECT_EQ(code(head), Errc::damaged) << head;
    }
}

TEST(TextRecord, StaysRefusedAfterTheFirstWrongKey) {
    const Secret text = two_lines();
    auto in = opened(text).value();
    EXPECT_EQ(in.text("wrong"), "");
    EXPECT_EQ(in.text("name"), "");
    EXPECT_FALSE(in.finished());
}

}  // namespace
}  // namespace secondstep
