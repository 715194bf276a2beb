#include "qr/qr_drawing.h"

#include <gtest/gtest.h>

#include <string>

#include "otp/otpauth_uri.h"

namespace secondstep::tool {
namespace {

std::string shorter(const std::string& uri) {
    return std::string(without_repeated_issuer(Secret::copy_of(uri)).text());
}

TEST(QrDrawing, WhatIsThereTwiceGoes) {
    EXPECT_EQ(shorter("otpauth://totp/web01:alice?secret=JBSW&issuer=web01"),
              "otpauth://totp/web01:alice?secret=JBSW");
    EXPECT_EQ(shorter("otpauth://totp/a%20b:alice?secret=JBSW&issuer=a%20b&digits=8"),
              "otpauth://totp/a%20b:alice?secret=JBSW&digits=8");
}

TEST(QrDrawing, WhatIsThereOnceStays) {
    for (const char* uri :
         {"otpauth://totp/web01:alice?secret=JBSW&issuer=web02",
          "otpauth://totp/alice?secret=JBSW&issuer=web01", "otpauth://totp/web01:alice?secret=JBSW",
          "otpauth://totp/web01x:alice?secret=JBSW&issuer=web01",
          "otpauth://totp/:alice?secret=JBSW&issuer=", "https://web01/page?a=b&issuer=web01", ""})
        EXPECT_EQ(shorter(uri), uri);
}

// An app reads the same from both.
TEST(QrDrawing, TheShorterAddressSaysTheSame) {
    for (const std::string issuer : {"web01", "web01.example.com", "B\u00fcro & Co", "a/b?c"}) {
        const otp::KeyDescription key{.issuer = issuer,
                                      .account = "alice-2",
                                      .key = Secret::copy_of(std::string_view("12345678901234567890")),
                                      .algorithm = otp::Algorithm::sha256,
                                      .form = *otp::Digits::create(8),
                                      .moving = otp::HotpMoving{7}};
        const auto text = otp::to_uri(key);
        ASSERT_TRUE(text);
        const Secret less = without_repeated_issuer(*text);
        EXPECT_LT(less.size(), text->size());
        const auto read = otp::parse_otpauth_uri(less.text());
        ASSERT_TRUE(read) << read.error().detail;
        EXPECT_TRUE(otp::same(read->key, key)) << less.text();
    }
}

TEST(QrDrawing, IsWhatTheTerminalCanShow) {
    using Kind = QrChoice::Kind;
    const Terminal colours{.is_terminal = true, .escapes = true, .colours = true, .utf8 = true};
    const Terminal no_utf8{.is_terminal = true, .escapes = true, .colours = true};
    const Terminal monochrome{.is_terminal = true, .escapes = true};
    const Terminal dumb{.is_terminal = true};
    const Terminal dumb_utf8{.is_terminal = true, .utf8 = true};
    const Terminal pipe{};
    const Terminal pipe_utf8{.utf8 = true};
    struct Row {
        Kind kind;
        const Terminal& terminal;
        Drawing drawing;
    };
    const Row rows[] = {
        {Kind::automatic, colours, Drawing::half_blocks_in_colours},
        {Kind::automatic, no_utf8, Drawing::blanks_in_colours},
        {Kind::automatic, monochrome, Drawing::blanks_in_reverse_video},
        {Kind::automatic, dumb, Drawing::no_way},
        {Kind::automatic, dumb_utf8, Drawing::half_blocks},
        {Kind::automatic, pipe, Drawing::no_way},
        {Kind::automatic, pipe_utf8, Drawing::half_blocks},
        {Kind::utf8, no_utf8, Drawing::half_blocks_in_colours},
        {Kind::utf8, dumb, Drawing::half_blocks},
        {Kind::utf8, pipe, Drawing::half_blocks},
        {Kind::ascii, colours, Drawing::blanks_in_colours},
        {Kind::ascii, monochrome, Drawing::blanks_in_reverse_video},
        {Kind::ascii, dumb, Drawing::no_way},
        {Kind::ascii, pipe, Drawing::blanks_in_colours},
    };
    for (const Row& row : rows)
        EXPECT_EQ(drawing_for(row.kind, row.terminal), row.drawing) << &row - rows;
}

}  // namespace
}  // namespace secondstep::tool
