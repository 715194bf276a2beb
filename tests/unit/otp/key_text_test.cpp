#include "otp/key_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "encoding/base32.h"
#include "support/failure.h"

namespace secondstep::otp {
namespace {

constexpr std::string_view base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
constexpr std::string_view key = "12345678901234567890";

// The key, or why there is none.
std::string read(std::string_view text) {
    const auto parsed = parse_key_text(text);
    if (!parsed) return parsed.error().code == Errc::invalid ? parsed.error().detail : "another error";
    if (const auto* raw = std::get_if<Secret>(&*parsed)) return std::string(raw->text());
    return "URI of " + std::get<OtpauthUri>(*parsed).account;
}

std::string hex_of(std::size_t bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i)
        text += "8f";
    return text;
}

TEST(KeyText, ReadsBase32AsPeoplePasteIt) {
    for (const std::string_view text :
         {"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
          "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", "gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qojq",
          " GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n", "GEZDGNBVGY3TQOJQ\r\nGEZDGNBVGY3TQOJQ\r\n",
          "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ======", "\tGEZDGNBVGY3TQOJQ\tGEZDGNBVGY3TQOJQ",
          "GEZD\xc2\xa0GNBV\xc2\xa0GY3TQOJQGEZDGNBVGY3TQOJQ", "\xef\xbb\xbfGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
          "GEZDGNBVGY3TQOJQ\xe2\x80\x8bGEZDGNBVGY3TQOJQ"}) {
        EXPECT_EQ(read(text), key) << text;
    }
}

TEST(KeyText, ReadsHexadecimalThatCannotBeBase32) {
    for (const std::string_view text :
         {"3132333435363738393031323334353637383930", "31 32 33 34 35 36 37 38 39 30 31323334353637383930",
          "31:32:33:34:35:36:37:38:39:30:31:32:33:34:35:36:37:38:39:30",
          "0x3132333435363738393031323334353637383930", "0X3132333435363738393031323334353637383930",
          "hex:3132333435363738393031323334353637383930",
          "HEX: 31323334-35363738-39303132-33343536-37383930"}) {
        EXPECT_EQ(read(text), key) << text;
    }
    EXPECT_EQ(read("4A4b4C8f8e"), "JKL\x8f\x8e");
}

TEST(KeyText, TakesForBase32WhatCanBeBoth) {
    const std::string_view both = "2233445566772233";
    const auto as_base32 = base32_decode(both);
    ASSERT_TRUE(as_base32.has_value());
    EXPECT_EQ(read(both), as_base32->text());
    EXPECT_EQ(read("0x2233445566772233"), "\x22\x33\x44\x55\x66\x77\x22\x33");
    EXPECT_EQ(read("hex:2233445566772233"), "\x22\x33\x44\x55\x66\x77\x22\x33");
}

TEST(KeyText, ReadsAWholeUri) {
    const std::string uri = "otpauth://totp/web01:alice?secret=" + std::string(base32);
    EXPECT_EQ(read(uri), "URI of alice");
    EXPECT_EQ(read(" " + uri + "\r\n"), "URI of alice");
    EXPECT_EQ(read("OTPAUTH://totp/web01:alice?secret=MY"), "URI of alice");
    EXPECT_EQ(read("otpauth://totp/alice?secret=MY&digits=0"), "a one-time password has 6, 7 or 8 digits");
    EXPECT_EQ(read("otpauth://totp/alice?secret=MY&period=0"), "the period of a code is 15 to 120 seconds");
}

TEST(KeyText, TellsAnExportFromAKey) {
    EXPECT_NE(read("otpauth-migration://offline?data=AAAA").find("export"), std::string::npos);
}

TEST(KeyText, IsOneTo128Bytes) {
    EXPECT_EQ(read("0x" + hex_of(1)), "\x8f");
    EXPECT_EQ(read(hex_of(128)).size(), 128U);
    EXPECT_EQ(read(hex_of(129)), "a key has at most 128 bytes");
    EXPECT_EQ(read("0x" + hex_of(129)), "a key has at most 128 bytes");
    const Secret long_key(1000);
    EXPECT_EQ(read(base32_encode(long_key.bytes()).text()), "a key has at most 128 bytes");
    EXPECT_EQ(read(base32_encode(long_key.bytes().first(128)).text()).size(), 128U);
    EXPECT_EQ(read(std::string(5000, 'A')), "a security key is shorter than 4096 bytes");
}

TEST(KeyText, RefusesNothing) {
    for (const std::string_view text :
         {"", " ", "\n", "-", "0x", "hex:", "======", "\xef\xbb\xbf", "0x 00x"}) {
        EXPECT_EQ(testing::failure(parse_key_text(text)), Errc::invalid) << text;
    }
}

TEST(KeyText, SaysWhatWouldBeRight) {
    EXPECT_NE(read("GEZDGNBVGY3TQOJ0").find("letter O"), std::string::npos);
    EXPECT_NE(read("318").find("two digits for each byte"), std::string::npos);
    EXPECT_NE(read("GEZDGNBVGY3TQOJ!0").find("JBSW Y3DP"), std::string::npos);
    EXPECT_NE(read("GEZDGNBVGY3TQOJ!").find("A to Z"), std::string::npos);
    EXPECT_NE(read("GEZDGNBVG").find("cut short"), std::string::npos);
    EXPECT_NE(read("0xABC").find("two digits for each byte"), std::string::npos);
    EXPECT_NE(read("0xGG").find("0 to 9 and A to F"), std::string::npos);
    EXPECT_NE(read("").find("JBSW Y3DP"), std::string::npos);
}

TEST(KeyText, ErrorsDoNotRepeatTheKey) {
    for (const std::string_view text :
         {"SECRETKEYSECRETKEY0", "SECRETKEYSECRETKEY!", "SECRETKEYS", "0xSECRETKEY",
          "otpauth://totp/SECRETKEY?secret=SECRETKEY0", "otpauth-migration://SECRETKEY"}) {
        EXPECT_EQ(testing::failure(parse_key_text(text)), Errc::invalid);
        EXPECT_EQ(read(text).find("SECRETKEY"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace secondstep::otp
