#include "otp/key_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "encoding/base32.h"
#include "encoding/hex.h"
#include "support/failure.h"
#include "support/seeded_randomness.h"

namespace secondstep::otp {
namespace {

constexpr std::string_view base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
constexpr std::string_view key = "12345678901234567890";

// The key, or why there is none.
std::string read(std::string_view text) {
    const auto parsed = parse_key_text(text);
    if (!parsed) return parsed.error().code == Errc::invalid ? parsed.error().detail : "another error";
    const KeyDescription& read = parsed->described.key;
    return read.account.empty() ? std::string(read.key.text()) : "URI of " + read.account;
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
          " GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n", "\n\r\nGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\r\n\n",
          "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ======", "\tGEZDGNBV\tGY3TQOJQ\tGEZDGNBV\tGY3TQOJQ",
          "GEZD\xc2\xa0GNBV\xc2\xa0GY3T\xc2\xa0QOJQ\xc2\xa0GEZD\xc2\xa0GNBV\xc2\xa0GY3T\xc2\xa0QOJQ",
          "\xef\xbb\xbfGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "\"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\".",
          "\xe2\x80\x9eGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\xe2\x80\x9c", "<GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ>",
          "GEZD\xe2\x80\x91GNBV\xe2\x80\x93GY3T\xe2\x88\x92QOJQ-GEZD-GNBV-GY3T-QOJQ",
          "\xef\xbc\xa7\xef\xbc\xa5ZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "base32:GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
          "GEZDG NBVGY 3TQOJ QGEZD GNBVG Y3TQO JQ"}) {
        EXPECT_EQ(read(text), key) << text;
    }
}

TEST(KeyText, ReadsHexadecimalThatCannotBeBase32) {
    for (const std::string_view text :
         {"3132333435363738393031323334353637383930", "31323334 35363738 39303132 33343536 37383930",
          "31:32:33:34:35:36:37:38:39:30:31:32:33:34:35:36:37:38:39:30",
          "0x3132333435363738393031323334353637383930", "0X3132333435363738393031323334353637383930",
          "hex:3132333435363738393031323334353637383930",
          "HEX: 31323334-35363738-39303132-33343536-37383930"}) {
        EXPECT_EQ(read(text), key) << text;
    }
    EXPECT_EQ(read("4A4b4C8f8e4A4b4C"), "JKL\x8f\x8eJKL");
}

// Only who has it knows: the two keys make different codes, and both look right.
TEST(KeyText, SaysThatAKeyCanBeBoth) {
    for (const std::string_view both : {"2233445566772233", "abcdef234567abcdef234567abcdef23"}) {
        const auto read_twice = parse_key_text(both);
        ASSERT_TRUE(read_twice && read_twice->as_hexadecimal) << both;
        EXPECT_EQ(read_twice->described.key.key.text(), base32_decode(both)->text());
        EXPECT_EQ(read_twice->as_hexadecimal->text(), hex_decode(both)->text());
    }
    EXPECT_EQ(read("0x2233445566772233"), "\x22\x33\x44\x55\x66\x77\x22\x33");
    EXPECT_EQ(read("hex:2233445566772233"), "\x22\x33\x44\x55\x66\x77\x22\x33");
    for (const std::string_view certain :
         {"hex:2233445566772233", "base32:2233445566772233", "223344556677223",
          "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "3132333435363738"})
        EXPECT_FALSE(parse_key_text(certain)->as_hexadecimal) << certain;
}

// Each of these once became a key that nobody has, without a word.
TEST(KeyText, NothingAroundAKeyBecomesKey) {
    const std::string hello = "Hello!\xde\xad\xbe\xef";
    for (const std::string_view captioned :
         {"Setup key: JBSW Y3DP EHPK 3PXP", "Key: JBSWY3DPEHPK3PXP", "secret=JBSWY3DPEHPK3PXP",
          "Your secret key (keep it safe): JBSW-Y3DP-EHPK-3PXP", "2FA secret: jbswy3dpehpk3pxp",
          "Schl\xc3\xbcssel: JBSWY3DPEHPK3PXP", "Passcode : JBSWY3DPEHPK3PXP====="}) {
        EXPECT_EQ(read(captioned), hello) << captioned;
        const auto parsed = parse_key_text(captioned);
        EXPECT_TRUE(parsed && parsed->described.remarks.size() == 1) << captioned;
    }
    for (const std::string_view refused : {"JBSWY3DPEHPK3PXP\nalice\n",
                                           "JBSW Y3DP\nEHPK 3PXP",
                                           "alice\nJBSWY3DPEHPK3PXP",
                                           "JBSWY3DP:EHPK3PXP",
                                           "JBSW:Y3DP:EHPK:3PXP",
                                           "Setup key JBSW Y3DP EHPK 3PXP",
                                           "JBSW Y3DP EHPK 3PXP token",
                                           "JBSWY3DPEHPK3PXP alice",
                                           "JBSW Y3DP EHPK 3PXP alice",
                                           "JBSW Y3DP EHPK 3PXP bob ann",
                                           "JBSW Y3DP EHPK anna",
                                           "JBSWY3DPEHPK3PXP (alice)",
                                           "JBSWY3DPEHPK!3PXP",
                                           "JBSWY3DP=EHPK3PXP",
                                           "JBSWY3DPEHPK3PXP, alice",
                                           "Setup key: key: JBSWY3DPEHPK3PXP",
                                           "key: JBSWY3DPEHPK3PXP user: alice",
                                           "Setup key JBSWY3DPEHPK3PXP Account name: alice",
                                           "Key JBSWY3DPEHPK3PXP code: 981324",
                                           "Your key is JBSWY3DPEHPK3PXP. Account: alice",
                                           "Schl\xc3\xbcssel JBSWY3DPEHPK3PXP Konto: alice",
                                           "key JBSWY3DPEHPK3PXP => alice",
                                           "key JBSWY3DPEHPK3PXP period=30",
                                           "Secret JBSWY3DPEHPK3PXP type: TOTP",
                                           "JBSWY3DP\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2",
                                           "JBSW Y3DP **** ****",
                                           "JBSWY3DPEHPK3PXP...",
                                           "JBSWY3DPEHPK3PXP\xe2\x80\xa6",
                                           "JBSWY3DP\xe2\x82\xac"
                                           "EHPK3PXP",
                                           "JBSWY3DPEHPK3PXP\rJBSWY3DPEHPK3PXP",
                                           "JBSWY3DPEHPK3PXP\tJBSWY3DPEHPK3PXP",
                                           "JBSWY3DPEHPK3PXP\xe2\x80\xa8JBSWY3DPEHPK3PXP",
                                           "123456",
                                           "1234 5678",
                                           "Code: 123456",
                                           "HELLO",
                                           "2fa: on",
                                           "Key: none",
                                           "secret = changeme",
                                           "quit"}) {
        EXPECT_EQ(testing::failure(parse_key_text(refused)), Errc::invalid) << refused;
    }
}

std::string in_groups(std::string_view symbols, std::size_t size, std::string_view between) {
    std::string text;
    for (std::size_t i = 0; i < symbols.size(); i += size)
        text += std::string(i == 0 ? "" : between) + std::string(symbols.substr(i, size));
    return text;
}

// Whatever stands beside a key: it is refused, or the key is the one that was meant, or it is said to be in doubt.
TEST(KeyText, WordsBesideAKeyNeverChangeItSilently) {
    const std::vector<std::string> words{"alice",
                                         "Alice",
                                         "bob",
                                         "WORK",
                                         "work",
                                         "my key",
                                         "Example Corp",
                                         "1.",
                                         "account",
                                         "A",
                                         "x",
                                         "2FA",
                                         "(old)",
                                         "#1",
                                         "key",
                                         "Key:",
                                         "secret",
                                         "TOTP",
                                         "Schl\xc3\xbcssel",
                                         "->",
                                         "|",
                                         "\xe2\x80\xa2",
                                         "[ ]",
                                         "jan 12"};
    testing::SeededRandomness random;
    std::size_t read_all_the_same = 0;
    for (int round = 0; round < 400; ++round) {
        const Secret bytes = random.secret(round % 2 == 0 ? 10 : 20);
        std::string symbols(base32_encode(bytes.bytes()).text());
        if (round % 3 == 0) symbols = lowercase_ascii(symbols);
        const std::string alone = in_groups(symbols, round % 5 == 0 ? 32 : 4, round % 7 == 0 ? "-" : " ");
        for (const std::string& word : words) {
            for (const std::string& text :
                 {word + " " + alone, alone + " " + word, alone + "\n" + word, word + "\n" + alone,
                  word + ": " + alone, alone + " (" + word + ")"}) {
                const auto parsed = parse_key_text(text);
                if (!parsed) continue;
                const bool in_doubt = std::ranges::any_of(parsed->described.remarks, &Remark::in_doubt);
                EXPECT_TRUE(in_doubt || equal_in_constant_time(parsed->described.key.key, bytes)) << text;
                ++read_all_the_same;
            }
        }
    }
    EXPECT_GT(read_all_the_same, 1000U);
}

TEST(KeyText, WhatIsForAnotherAppIsNamed) {
    EXPECT_NE(read("phonefactor://activate_account?code=1").find("Microsoft Authenticator"),
              std::string::npos);
    EXPECT_NE(read("https://example.org/2fa").find("web page"), std::string::npos);
    EXPECT_NE(read("{\"version\":1}").find("JSON"), std::string::npos);
    EXPECT_NE(read("otpauth://yaotp/alice?secret=MY").find("Yandex"), std::string::npos);
}

TEST(KeyText, WhereItIsSaidHowAKeyIsWrittenNothingIsInDoubt) {
    const std::string_view both = "2233445566772233";
    const auto hexadecimal = parse_key_text(both, KeySpelling::hexadecimal);
    const auto as_base32 = parse_key_text(both, KeySpelling::base32);
    EXPECT_EQ(hexadecimal->described.key.key.text(), hex_decode(both)->text());
    EXPECT_EQ(as_base32->described.key.key.text(), base32_decode(both)->text());
    EXPECT_FALSE(hexadecimal->as_hexadecimal || as_base32->as_hexadecimal);
    EXPECT_FALSE(parse_key_text("JBSWY3DPEHPK3PXP", KeySpelling::hexadecimal));
    EXPECT_FALSE(parse_key_text("3132333435363738", KeySpelling::base32));
    EXPECT_TRUE(parse_key_text("0x3132333435363738", KeySpelling::base32));
    EXPECT_FALSE(parse_key_text("otpauth://totp/a?secret=MY", KeySpelling::base32));
    EXPECT_FALSE(parse_key_text("JBSWY3DPEHPK3PXP alice", KeySpelling::base32));
}

// One word of four or eight letters among the groups leaves a size that keys do not have.
TEST(KeyText, AnUnusualSizeIsInDoubt) {
    for (const std::string_view doubtful :
         {"jbsw y3dp ehpk 3pxp work home", "JBSWY3DP EHPK3PXP LANDSCAP", "JBSW Y3DP EHPK 3PXP WORK",
          "A4EA A4EA A4EA A4EA A4EA A4EA A4EA A4EA A4EA A4EA A4EA A4EA EUTA WORK"}) {
        const auto parsed = parse_key_text(doubtful);
        ASSERT_TRUE(parsed.has_value()) << doubtful << parsed.error().detail;
        EXPECT_TRUE(std::ranges::any_of(parsed->described.remarks, &Remark::in_doubt)) << doubtful;
    }
    EXPECT_TRUE(parse_key_text("JBSW Y3DP EHPK 3PXP")->described.remarks.empty());
    EXPECT_TRUE(parse_key_text("GEZDGNBVGY3TQOJQGEZDGNBV")->described.remarks.empty());
}

TEST(KeyText, AnAddressIsFoundBehindWords) {
    for (const std::string_view text : {"uri: otpauth://totp/alice?secret=JBSWY3DPEHPK3PXP",
                                        "OTP=otpauth://totp/alice?secret=JBSWY3DPEHPK3PXP",
                                        "[link](otpauth://totp/alice?secret=JBSWY3DPEHPK3PXP)",
                                        "<otpauth://totp/alice?secret=JBSWY3DPEHPK3PXP>"})
        EXPECT_EQ(read(text), "URI of alice") << text;
}

TEST(KeyText, SteamHasAnAddressOfItsOwn) {
    const auto steam = parse_key_text("steam://63BEDWCQZKTQWPESARIERL5DTTQFCJTK");
    ASSERT_TRUE(steam.has_value());
    EXPECT_TRUE(steam->described.key.form.is_steam());
}

TEST(KeyText, ReadsAWholeUri) {
    const std::string uri = "otpauth://totp/web01:alice?secret=" + std::string(base32);
    EXPECT_EQ(read(uri), "URI of alice");
    EXPECT_EQ(read(" " + uri + "\r\n"), "URI of alice");
    EXPECT_EQ(read("OTPAUTH://totp/web01:alice?secret=MY"), "URI of alice");
    EXPECT_EQ(read("otpauth://totp/alice?secret=MY&digits=0"),
              "otpauth URI: the number of digits is 0: a code has 4 to 10 digits");
    EXPECT_EQ(read("otpauth://totp/alice?secret=MY&period=0"),
              "otpauth URI: the period is 0: a period is 1 to 86400 seconds");
}

TEST(KeyText, TellsAnExportFromAKey) {
    EXPECT_NE(read("otpauth-migration://offline?data=AAAA").find("export"), std::string::npos);
}

TEST(KeyText, IsOneTo128Bytes) {
    EXPECT_EQ(read("0x" + hex_of(1)), "\x8f");
    EXPECT_EQ(read(hex_of(128)).size(), 128U);
    EXPECT_EQ(read(hex_of(129)), "the key is longer than 128 bytes");
    EXPECT_EQ(read("0x" + hex_of(129)), "the key is longer than 128 bytes");
    const Secret long_key(1000);
    EXPECT_EQ(read(base32_encode(long_key.bytes()).text()), "the key is longer than 128 bytes");
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
    EXPECT_NE(read("0xABC").find("two digits for each byte"), std::string::npos);
    EXPECT_NE(read("0xGG").find("0 to 9 and A to F"), std::string::npos);
    EXPECT_NE(read("").find("JBSW Y3DP"), std::string::npos);
}

TEST(KeyText, ErrorsDoNotRepeatTheKey) {
    for (const std::string_view text :
         {"SECRETKEYSECRETKEY0", "SECRETKEY!SECRETKEY", "SECRETKEY:KEY", "SECRETKEY key", "SECRETKEY\nKEY",
          "0xSECRETKEY", "otpauth://totp/SECRETKEY?secret=SECRETKEY0", "otpauth-migration://SECRETKEY"}) {
        EXPECT_EQ(testing::failure(parse_key_text(text)), Errc::invalid);
        EXPECT_EQ(read(text).find("SECRETKEY"), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace secondstep::otp
