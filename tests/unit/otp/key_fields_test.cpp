// One reader of what makes codes: the same words through every door that common/otp has. The doors of files are
// compared in tests/tool/migration/formats.
#include "otp/key_fields.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "base/text.h"
#include "encoding/base32.h"
#include "encoding/base64.h"
#include "otp/key_text.h"
#include "otp/otpauth_uri.h"
#include "support/failure.h"

namespace secondstep::otp {
namespace {

constexpr std::string_view base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

// Everything that makes codes, and "?" or "!" for each remark: "sha1, totp, 6 digits, every 30 s, 313233!".
std::string shown(const Result<DescribedKey>& described) {
    if (!described) return "refused";
    std::string text = std::string(to_text(described->key.algorithm)) + ", " + code_described(described->key);
    if (const auto* counted = std::get_if<HotpMoving>(&described->key.moving))
        text += ", from " + std::to_string(counted->counter);
    text += ", " + hex(described->key.key.bytes());
    for (const Remark& remark : described->remarks)
        text += remark.in_doubt ? "?" : "!";
    return text;
}

std::string with_parameters(const KeyFields& fields) {
    const auto& key = std::get<Base32Text>(fields.key).text;
    std::string uri = "otpauth://" + std::string(fields.type.empty() ? "totp" : fields.type) +
                      "/x?secret=" + std::string(key);
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) uri += "&" + std::string(name) + "=" + std::string(value);
    };
    add("encoder", fields.encoder);
    add("algorithm", fields.algorithm);
    add("digits", fields.digits);
    add("period", fields.period);
    add("counter", fields.counter);
    add("issuer", fields.issuer);
    return uri;
}

struct Row {
    KeyFields fields;
    std::string right;
};

std::vector<Row> rows() {
    const std::string key = "3132333435363738393031323334353637383930";
    std::vector<Row> all;
    const auto add = [&](const std::function<void(KeyFields&)>& change, const std::string& right) {
        KeyFields fields{.key = Base32Text{base32}};
        change(fields);
        all.push_back({fields, right == "refused" ? right : right + ", " + key});
    };
    add([](KeyFields&) {}, "sha1, totp, 6 digits, every 30 s");
    for (const std::string_view sha1 :
         {"SHA1", "sha1", "SHA-1", "HmacSHA1", "HMAC-SHA1", "HMAC-SHA-1", "hmac_sha1"})
        add([&](KeyFields& f) { f.algorithm = sha1; }, "sha1, totp, 6 digits, every 30 s");
    for (const std::string_view sha256 : {"SHA256", "SHA-256", "HmacSHA256", "HMAC-SHA-256", "hmacsha256"})
        add([&](KeyFields& f) { f.algorithm = sha256; }, "sha256, totp, 6 digits, every 30 s");
    add([](KeyFields& f) { f.algorithm = "HMAC-SHA512"; }, "sha512, totp, 6 digits, every 30 s");
    for (const std::string_view other : {"MD5", "SHA224", "SHA384", "SHA3-256", "SHA2", "x", "SHA1x"})
        add([&](KeyFields& f) { f.algorithm = other; }, "refused");
    for (const std::string_view digits : {"4", "5", "6", "7", "8", "9", "10"})
        add([&](KeyFields& f) { f.digits = digits; },
            "sha1, totp, " + std::string(digits) + " digits, every 30 s");
    for (const std::string_view digits : {"0", "3", "11", "6x", "-6", "six", "4294967302"})
        add([&](KeyFields& f) { f.digits = digits; }, "refused");
    for (const std::string_view period : {"1", "10", "15", "30", "60", "120", "300", "86400"})
        add([&](KeyFields& f) { f.period = period; },
            "sha1, totp, 6 digits, every " + std::string(period) + " s");
    for (const std::string_view period : {"0", "86401", "-30", "30s", "30.0", "4294967326"})
        add([&](KeyFields& f) { f.period = period; }, "refused");
    for (const std::string_view type : {"hotp", "HOTP"})
        add([&](KeyFields& f) { f.type = type, f.counter = "7"; }, "sha1, hotp, 6 digits, from 7");
    add([](KeyFields& f) { f.type = "hotp", f.counter = "7", f.period = "nonsense"; },
        "sha1, hotp, 6 digits, from 7");
    add([](KeyFields& f) { f.counter = "nonsense"; }, "sha1, totp, 6 digits, every 30 s");
    for (const std::string_view counter : {"-1", "x", "18446744073709551616"})
        add([&](KeyFields& f) { f.type = "hotp", f.counter = counter; }, "refused");
    for (const std::string_view type : {"motp", "yaotp", "blizzard", "ocra", "x"})
        add([&](KeyFields& f) { f.type = type; }, "refused");
    add([](KeyFields& f) { f.type = "steam"; }, "sha1, totp, 5 letters of Steam, every 30 s");
    add([](KeyFields& f) { f.encoder = "steam", f.digits = "5"; },
        "sha1, totp, 5 letters of Steam, every 30 s");
    add([](KeyFields& f) { f.issuer = "Steam"; }, "sha1, totp, 5 letters of Steam, every 30 s");
    return all;
}

TEST(KeyFields, OfWordsAndOfAUriAreReadAlike) {
    for (const Row& row : rows()) {
        const std::string uri = with_parameters(row.fields);
        EXPECT_EQ(shown(describe(row.fields)), row.right) << uri;
        EXPECT_EQ(shown(parse_otpauth_uri(uri)), row.right) << uri;
        const auto typed = parse_key_text(uri);
        EXPECT_EQ(typed ? shown(typed->described.clone()) : "refused", row.right) << uri;
    }
}

TEST(KeyFields, AKeyIsTheSameInEverySpelling) {
    const Secret bytes = *base32_decode(base32);
    const std::string hexadecimal = hex(bytes.bytes());
    const Secret base64 = base64_encode(bytes.text());
    const std::string right = shown(describe({.key = Base32Text{base32}}));
    EXPECT_EQ(shown(describe({.key = HexText{hexadecimal}})), right);
    EXPECT_EQ(shown(describe({.key = Base64Text{base64.text()}})), right);
    EXPECT_EQ(shown(describe({.key = KeyBytes{bytes.bytes()}})), right);
    EXPECT_EQ(shown(describe({.key = Base32Text{"gezd gnbv gy3t qojq gezd gnbv gy3t qojq"}})), right);
    EXPECT_EQ(shown(parse_key_text(base32)->described.clone()), right);
    EXPECT_EQ(shown(parse_key_text(hexadecimal)->described.clone()), right);
}

TEST(KeyFields, WhatIsLeftOverIsDroppedWithARemark) {
    for (const std::string_view text : {"KRSXG5CTMVRXEZLUKR4C", "KRSXG5CTMVRXEZLUKR4D"}) {
        const std::string of_fields = shown(describe({.key = Base32Text{text}}));
        EXPECT_TRUE(of_fields.ends_with("546573745365637265745478!")) << of_fields;
        EXPECT_EQ(shown(parse_otpauth_uri("otpauth://totp/x?secret=" + std::string(text))), of_fields);
        EXPECT_EQ(shown(parse_key_text(text)->described.clone()), of_fields);
    }
    // A symbol that is nothing but left over is missing its neighbour, or is one too many.
    EXPECT_TRUE(shown(describe({.key = Base32Text{"JBSWY3DPE"}})).ends_with("?"));
}

TEST(KeyFields, CountingWithoutACounterBeginsAtZeroAndSaysSo) {
    const auto described = describe({.key = Base32Text{base32}, .type = "hotp"});
    ASSERT_TRUE(described.has_value());
    EXPECT_EQ(std::get<HotpMoving>(described->key.moving).counter, 0U);
    ASSERT_EQ(described->remarks.size(), 1U);
    EXPECT_FALSE(described->remarks.front().in_doubt);
}

TEST(KeyFields, AKeyHas1To128Bytes) {
    const Secret longest(128);
    const Secret too_long(129);
    EXPECT_TRUE(describe({.key = KeyBytes{longest.bytes()}}).has_value());
    EXPECT_EQ(testing::failure(describe({.key = KeyBytes{too_long.bytes()}})), Errc::invalid);
    for (const WrittenKey& none :
         std::vector<WrittenKey>{Base32Text{""}, HexText{""}, Base64Text{""}, KeyBytes{}})
        EXPECT_EQ(testing::failure(describe({.key = none})), Errc::invalid);
}

std::string why(const KeyFields& fields) {
    const auto described = describe(fields);
    return described ? "described" : described.error().detail;
}

TEST(KeyFields, RefusalsNameTheValueAndNeverAKey) {
    EXPECT_EQ(why({.key = Base32Text{base32}, .digits = "12"}),
              "the number of digits is 12: a code has 4 to 10 digits");
    EXPECT_EQ(why({.key = Base32Text{base32}, .period = "90000"}),
              "the period is 90000: a period is 1 to 86400 seconds");
    EXPECT_NE(why({.key = Base32Text{base32}, .algorithm = "MD5"}).find("md5"), std::string::npos);
    EXPECT_NE(why({.key = Base32Text{base32}, .type = "yandex"}).find("Yandex"), std::string::npos);
    for (const std::string& said :
         {why({.key = Base32Text{"SECRETKEY!"}}), why({.key = HexText{"SECRETKEY"}}),
          why({.key = Base32Text{base32}, .type = "SECRETKEY"}),
          why({.key = Base32Text{base32}, .algorithm = "SECRETKEY"}),
          why({.key = Base32Text{base32}, .digits = "SECRETKEY"}),
          why({.key = Base32Text{base32}, .period = "3132333435363738"}),
          why({.key = Base32Text{base32}, .type = "hotp", .counter = "SECRETKEY"})}) {
        EXPECT_EQ(said.find("SECRETKEY"), std::string::npos) << said;
        EXPECT_EQ(said.find("3132333"), std::string::npos) << said;
        EXPECT_NE(said, "described");
    }
}

// What we check ourselves keeps its bounds.
TEST(KeyFields, ALoginTakesSixToEightDigitsAnd15To120Seconds) {
    const auto form = [](std::string_view digits, std::string_view period) {
        return form_for_login(describe({.key = Base32Text{base32}, .digits = digits, .period = period})->key);
    };
    EXPECT_EQ(form("8", "60")->digits.value(), 8U);
    EXPECT_EQ(form("8", "60")->period.value(), std::chrono::seconds(60));
    EXPECT_NE(form("10", "").error().detail.find("10 digits"), std::string::npos);
    EXPECT_NE(form("5", "").error().detail.find("5 digits"), std::string::npos);
    EXPECT_NE(form("", "300").error().detail.find("300 seconds"), std::string::npos);
    EXPECT_NE(form("", "10").error().detail.find("10 seconds"), std::string::npos);
    const auto steam = describe({.key = Base32Text{base32}, .type = "steam"});
    EXPECT_NE(form_for_login(steam->key).error().detail.find("Steam"), std::string::npos);
    // A counter has no period.
    EXPECT_TRUE(form_for_login(describe({.key = Base32Text{base32}, .type = "hotp", .period = "1"})->key));
}

}  // namespace
}  // namespace secondstep::otp
