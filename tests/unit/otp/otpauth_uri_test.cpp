#include "otp/otpauth_uri.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "support/failure.h"
#include "support/seeded_randomness.h"

namespace secondstep::otp {
namespace {

using std::chrono::seconds;

OtpauthUri alice() {
    return {.issuer = "web01",
            .account = "alice",
            .key = Secret::copy_of("12345678901234567890"),
            .moving = TotpMoving{thirty_seconds()}};
}

OtpauthUri named(std::string issuer, std::string account) {
    OtpauthUri uri = alice();
    uri.issuer = std::move(issuer);
    uri.account = std::move(account);
    return uri;
}

std::string written(const OtpauthUri& uri) {
    const auto text = to_text(uri);
    return text ? std::string(text->text()) : "refused: " + text.error().detail;
}

// Of a URI with the usual key: the label, then what stands behind the secret.
std::string with_key(std::string_view label, std::string_view parameters) {
    return "otpauth://" + std::string(label) + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" +
           std::string(parameters);
}

bool same(const OtpauthUri& a, const OtpauthUri& b) {
    return a.issuer == b.issuer && a.account == b.account && equal_in_constant_time(a.key, b.key) &&
           written(a) == written(b);
}

std::string why_refused(std::string_view text) {
    const auto parsed = parse_otpauth_uri(text);
    if (parsed) return "accepted";
    return parsed.error().code == Errc::invalid ? parsed.error().detail : "another error";
}

TEST(OtpauthUri, LeavesTheDefaultsOut) {
    EXPECT_EQ(written(alice()), with_key("totp/web01:alice", "&issuer=web01"));
}

TEST(OtpauthUri, WritesWhatIsNotTheDefault) {
    OtpauthUri uri = alice();
    uri.algorithm = Algorithm::sha256;
    uri.digits = *Digits::create(8);
    uri.moving = TotpMoving{*Period::create(seconds(60))};
    EXPECT_EQ(written(uri),
              with_key("totp/web01:alice", "&issuer=web01&algorithm=SHA256&digits=8&period=60"));
    uri.algorithm = Algorithm::sha512;
    EXPECT_NE(written(uri).find("&algorithm=SHA512&"), std::string::npos);
}

TEST(OtpauthUri, AHotpUriAlwaysHasItsCounter) {
    OtpauthUri uri = alice();
    uri.moving = HotpMoving{0};
    EXPECT_EQ(written(uri), with_key("hotp/web01:alice", "&issuer=web01&counter=0"));
    uri.moving = HotpMoving{UINT64_MAX};
    EXPECT_EQ(written(uri), with_key("hotp/web01:alice", "&issuer=web01&counter=18446744073709551615"));
}

TEST(OtpauthUri, WithoutAnIssuerThereIsNone) {
    EXPECT_EQ(written(named("", "alice")), with_key("totp/alice", ""));
}

TEST(OtpauthUri, EncodesEverythingButUnreservedCharacters) {
    EXPECT_EQ(written(named("A B", "a%b&c=d?e#f/g+h@i")),
              with_key("totp/A%20B:a%25b%26c%3Dd%3Fe%23f%2Fg%2Bh%40i", "&issuer=A%20B"));
    EXPECT_EQ(written(named("B\xc3\xa4r", "a-b.c_d~e")),
              with_key("totp/B%C3%A4r:a-b.c_d~e", "&issuer=B%C3%A4r"));
}

TEST(OtpauthUri, RefusesNamesThatCannotStandInALabel) {
    const std::vector<std::string> bad{
        "a:b", "a\nb", std::string("a\0b", 3), "a\x7f", "a\xc2\x85", "a\xff", "\xc0\xaf",
        " a",  "a ",   std::string(256, 'x')};
    for (const std::string& name : bad) {
        EXPECT_EQ(testing::failure(to_text(named(name, "alice"))), Errc::invalid) << printable(name);
        EXPECT_EQ(testing::failure(to_text(named("web01", name))), Errc::invalid) << printable(name);
    }
    EXPECT_EQ(testing::failure(to_text(named("web01", ""))), Errc::invalid);
    EXPECT_TRUE(to_text(named(std::string(255, 'x'), std::string(255, 'y'))).has_value());
}

TEST(OtpauthUri, RefusesAnEmptyKey) {
    OtpauthUri uri = alice();
    uri.key.wipe();
    EXPECT_EQ(testing::failure(to_text(uri)), Errc::invalid);
}

TEST(OtpauthUri, ReadsTheDefaults) {
    const auto uri = parse_otpauth_uri(with_key("totp/web01:alice", "&issuer=web01"));
    ASSERT_TRUE(uri.has_value());
    EXPECT_EQ(uri->issuer, "web01");
    EXPECT_EQ(uri->account, "alice");
    EXPECT_EQ(uri->key.text(), "12345678901234567890");
    EXPECT_EQ(uri->algorithm, Algorithm::sha1);
    EXPECT_EQ(uri->digits, six_digits());
    EXPECT_EQ(std::get<TotpMoving>(uri->moving).period, thirty_seconds());
}

TEST(OtpauthUri, ReadsWhatIsNotTheDefault) {
    const auto totp = parse_otpauth_uri(with_key("totp/a", "&algorithm=SHA512&digits=7&period=120"));
    ASSERT_TRUE(totp.has_value());
    EXPECT_EQ(totp->algorithm, Algorithm::sha512);
    EXPECT_EQ(totp->digits.value(), 7U);
    EXPECT_EQ(std::get<TotpMoving>(totp->moving).period.value(), seconds(120));
    const auto hotp = parse_otpauth_uri(with_key("hotp/a", "&counter=18446744073709551615"));
    ASSERT_TRUE(hotp.has_value());
    EXPECT_EQ(std::get<HotpMoving>(hotp->moving).counter, UINT64_MAX);
}

// Seen in the wild: other cases, the ':' encoded, a space behind it, a picture, an issuer in one place only.
TEST(OtpauthUri, ReadsWhatOtherProgramsWrite) {
    for (const std::string& text : {
             with_key("totp/web01:alice", ""),
             with_key("totp/alice", "&issuer=web01"),
             with_key("totp/web01%3Aalice", "&issuer=web01"),
             with_key("totp/web01:%20alice", "&issuer=web01"),
             with_key("totp/web01:alice", "&image=https%3A%2F%2Fexample.org%2Fa.png&issuer=web01"),
             with_key("TOTP/web01:alice", "&ISSUER=web01"),
             with_key("totp/web01:alice", "&&algorithm=sha1&"),
             with_key("totp/:alice", "&issuer=web01"),
             with_key("totp/web01:alice", "&issuer="),
             with_key("totp/web01:alice", "&counter=0"),
             std::string("OTPAUTH://totp/web01:alice?Secret=gezd%20gnbv-gy3tqojqgezdgnbvgy3tqojq"),
         }) {
        const auto uri = parse_otpauth_uri(text);
        ASSERT_TRUE(uri.has_value()) << text << ": " << uri.error().detail;
        EXPECT_TRUE(same(*uri, alice())) << text;
    }
    EXPECT_TRUE(parse_otpauth_uri(with_key("hotp/a", "&counter=1&period=30")).has_value());
}

TEST(OtpauthUri, RefusesOtherForms) {
    for (const std::string& text : {
             std::string(),
             std::string("otpauth:"),
             std::string("otpauth://"),
             std::string("otpauth://totp"),
             std::string("otpauth://totp/alice"),
             std::string("otpauth://totp?secret=MY"),
             std::string("http://totp/a?secret=MY"),
             std::string("otpauth:/totp/a?secret=MY"),
             std::string("otpauth://?secret=MY/"),
             with_key("motp/a", ""),
             with_key("totpx/a", ""),
             with_key("/a", ""),
             with_key("totp/a", "#fragment"),
             with_key("totp/", ""),
             with_key("totp/web01:", ""),
             with_key("totp/web01:%20", ""),
             " " + with_key("totp/a", ""),
         }) {
        EXPECT_NE(why_refused(text), "accepted") << text;
        EXPECT_NE(why_refused(text), "another error") << text;
    }
}

TEST(OtpauthUri, RefusesBadParameters) {
    for (const std::string_view parameters : {
             "&digits=5",
             "&digits=9",
             "&digits=",
             "&digits",
             "&digits=6x",
             "&digits=+6",
             "&digits=-6",
             "&period=14",
             "&period=121",
             "&period=0",
             "&period=30.0",
             "&period=4294967326",
             "&counter=-1",
             "&counter=x",
             "&counter=18446744073709551616",
             "&algorithm=MD5",
             "&algorithm=",
             "&algorithm=SHA224",
             "&algorithm=HmacSHA1",
             "&image=%",
             "&image=%2",
             "&image=%zz",
             "&%zz=1",
             "&image=%+1",
         }) {
        EXPECT_NE(why_refused(with_key("totp/a", parameters)), "accepted") << parameters;
    }
}

TEST(OtpauthUri, RefusesAParameterThatIsThereTwice) {
    for (const std::string_view name :
         {"digits=6", "period=30", "counter=1", "algorithm=SHA1", "issuer=web01"}) {
        const std::string once = "&" + std::string(name);
        EXPECT_EQ(why_refused(with_key("totp/web01:a", once)), "accepted") << name;
        EXPECT_NE(why_refused(with_key("totp/web01:a", once + once)), "accepted") << name;
    }
    EXPECT_NE(why_refused(with_key("totp/a", "&secret=MY")), "accepted");
    // Spelled otherwise it is still the same parameter.
    EXPECT_NE(why_refused(with_key("totp/a", "&SECRET=MY")), "accepted");
    EXPECT_NE(why_refused(with_key("totp/a", "&s%65cret=MY")), "accepted");
}

TEST(OtpauthUri, RefusesAMissingOrBadSecret) {
    for (const std::string_view query :
         {"", "issuer=x", "secret=", "secret", "secret=====", "secret=M", "secret=MZ", "secret=M1",
          "secret=%20", "secret=MY%00", "xsecret=MY"}) {
        EXPECT_NE(why_refused("otpauth://totp/a?" + std::string(query)), "accepted") << query;
    }
}

TEST(OtpauthUri, AHotpUriNeedsACounter) {
    EXPECT_EQ(why_refused(with_key("hotp/a", "")), "otpauth URI: a hotp URI needs a counter");
}

TEST(OtpauthUri, IssuersMustAgree) {
    EXPECT_NE(why_refused(with_key("totp/web01:a", "&issuer=web02")), "accepted");
    EXPECT_NE(why_refused(with_key("totp/web01:a", "&issuer=WEB01")), "accepted");
}

TEST(OtpauthUri, RefusesNamesThatAreNotText) {
    for (const std::string_view label :
         {"totp/a%0Ab", "totp/a%00b", "totp/a%1B%5B2J", "totp/%FF", "totp/%C0%AF", "totp/a%C2%85",
          "totp/a:b:c", "totp/a%3Ab%3Ac", "totp/a%", "totp/a%4"}) {
        EXPECT_NE(why_refused(with_key(label, "")), "accepted") << label;
    }
    EXPECT_NE(why_refused(with_key("totp/a", "&issuer=x%3Ay")), "accepted");
    EXPECT_NE(why_refused(with_key("totp/a", "&issuer=x%0Ay")), "accepted");
    EXPECT_NE(why_refused(with_key("totp/" + std::string(256, 'a'), "")), "accepted");
}

TEST(OtpauthUri, IsBounded) {
    const std::string head = with_key("totp/a", "&image=");
    EXPECT_EQ(why_refused(head + std::string(4096 - head.size(), 'x')), "accepted");
    EXPECT_NE(why_refused(head + std::string(4097 - head.size(), 'x')), "accepted");
}

TEST(OtpauthUri, ErrorsDoNotRepeatTheSecret) {
    const std::string text = "otpauth://totp/a?secret=SECRETKEY1&digits=SECRETKEY1";
    EXPECT_EQ(why_refused(text).find("SECRETKEY"), std::string::npos);
    EXPECT_EQ(why_refused(with_key("totp/a", "&digits=GEZD")).find("GEZD"), std::string::npos);
}

std::string random_name(testing::SeededRandomness& random, bool may_be_empty) {
    static const std::vector<std::string> pieces{"a",
                                                 "Z",
                                                 "0",
                                                 "%",
                                                 "+",
                                                 "&",
                                                 "=",
                                                 "?",
                                                 "#",
                                                 "/",
                                                 "@",
                                                 "\"",
                                                 "~",
                                                 "\xc3\xa4",
                                                 "\xe7\x94\xb0",
                                                 "\xf0\x9f\x98\x80",
                                                 "a b",
                                                 "%41"};
    std::string name;
    const std::size_t length = random.array<1>()[0] % 12U + (may_be_empty ? 0 : 1);
    for (std::size_t i = 0; i < length; ++i)
        name += pieces[random.array<1>()[0] % pieces.size()];
    return name;
}

OtpauthUri random_uri(testing::SeededRandomness& random) {
    const auto bytes = random.array<8>();
    OtpauthUri uri{.issuer = random_name(random, true),
                   .account = random_name(random, false),
                   .key = random.secret(1U + bytes[0] % 64U),
                   .algorithm = static_cast<Algorithm>(bytes[1] % 3),
                   .digits = *Digits::create(6U + bytes[2] % 3U),
                   .moving = TotpMoving{*Period::create(seconds(15 + bytes[3] % 106))}};
    if (bytes[4] % 2 == 0) uri.moving = HotpMoving{std::uint64_t{bytes[5]} << bytes[6] % 57U};
    return uri;
}

TEST(OtpauthUri, WhatWasWrittenIsReadAgain) {
    testing::SeededRandomness random;
    for (int i = 0; i < 5000; ++i) {
        const OtpauthUri uri = random_uri(random);
        const std::string text = written(uri);
        const auto back = parse_otpauth_uri(text);
        ASSERT_TRUE(back.has_value()) << text << ": " << back.error().detail;
        ASSERT_TRUE(same(*back, uri)) << text;
        ASSERT_EQ(back->algorithm, uri.algorithm);
        ASSERT_EQ(back->digits, uri.digits);
        ASSERT_EQ(back->moving.index(), uri.moving.index());
    }
}

}  // namespace
}  // namespace secondstep::otp
