#include "otp/otpauth_uri.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "support/failure.h"
#include "support/seeded_randomness.h"

namespace secondstep::otp {
namespace {

using std::chrono::seconds;

KeyDescription alice() {
    return {.issuer = "web01",
            .account = "alice",
            .key = Secret::copy_of("12345678901234567890"),
            .moving = TotpMoving{thirty_seconds()}};
}

KeyDescription named(std::string issuer, std::string account) {
    KeyDescription uri = alice();
    uri.issuer = std::move(issuer);
    uri.account = std::move(account);
    return uri;
}

std::string written(const KeyDescription& uri) {
    const auto text = to_uri(uri);
    return text ? std::string(text->text()) : "refused: " + text.error().detail;
}

// Of a URI with the usual key: the label, then what stands behind the secret.
std::string with_key(std::string_view label, std::string_view parameters) {
    return "otpauth://" + std::string(label) + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" +
           std::string(parameters);
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
    KeyDescription uri = alice();
    uri.algorithm = Algorithm::sha256;
    uri.form = *Digits::create(8);
    uri.moving = TotpMoving{*Period::create(seconds(60))};
    EXPECT_EQ(written(uri),
              with_key("totp/web01:alice", "&issuer=web01&algorithm=SHA256&digits=8&period=60"));
    uri.algorithm = Algorithm::sha512;
    EXPECT_NE(written(uri).find("&algorithm=SHA512&"), std::string::npos);
}

TEST(OtpauthUri, AHotpUriAlwaysHasItsCounter) {
    KeyDescription uri = alice();
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
        EXPECT_EQ(testing::failure(to_uri(named(name, "alice"))), Errc::invalid) << printable(name);
        EXPECT_EQ(testing::failure(to_uri(named("web01", name))), Errc::invalid) << printable(name);
    }
    EXPECT_EQ(testing::failure(to_uri(named("web01", ""))), Errc::invalid);
    EXPECT_TRUE(to_uri(named(std::string(255, 'x'), std::string(255, 'y'))).has_value());
}

TEST(OtpauthUri, RefusesAnEmptyKey) {
    KeyDescription uri = alice();
    uri.key.wipe();
    EXPECT_EQ(testing::failure(to_uri(uri)), Errc::invalid);
}

TEST(OtpauthUri, ReadsTheDefaults) {
    const auto uri = parse_otpauth_uri(with_key("totp/web01:alice", "&issuer=web01"));
    ASSERT_TRUE(uri.has_value());
    EXPECT_TRUE(same(uri->key, alice()));
    EXPECT_EQ(uri->key.key.text(), "12345678901234567890");
    EXPECT_TRUE(uri->remarks.empty());
    EXPECT_FALSE(uri->account_cut);
}

TEST(OtpauthUri, ReadsWhatIsNotTheDefault) {
    const auto totp = parse_otpauth_uri(with_key("totp/a", "&algorithm=SHA512&digits=7&period=120"));
    ASSERT_TRUE(totp.has_value());
    EXPECT_EQ(totp->key.algorithm, Algorithm::sha512);
    EXPECT_EQ(totp->key.form.symbols(), 7U);
    EXPECT_EQ(std::get<TotpMoving>(totp->key.moving).period.value(), seconds(120));
    const auto hotp = parse_otpauth_uri(with_key("hotp/a", "&counter=18446744073709551615"));
    ASSERT_TRUE(hotp.has_value());
    EXPECT_EQ(std::get<HotpMoving>(hotp->key.moving).counter, UINT64_MAX);
}

// Seen in the wild: other cases, the ':' encoded, a space behind it, a picture, an issuer in one place only.
TEST(OtpauthUri, ReadsWhatOtherProgramsWrite) {
    for (const std::string& text : {
             with_key("totp/web01:alice", ""),
             with_key("totp/alice", "&issuer=web01"),
             with_key("totp/web01%3Aalice", "&issuer=web01"),
             with_key("totp/web01:%20alice", "&issuer=web01"),
             with_key("totp/web01:alice", "&image=https%3A%2F%2Fexample.org%2Fa.png&issuer=web01&lock=true"),
             with_key("totp/web01:alice", "&codeDisplay=%7B%22pinned%22%3Atrue%7D"),
             with_key("totp/web01:alice", "&image=%&icon=%zz"),
             with_key("TOTP/web01:alice", "&ISSUER=web01"),
             with_key("totp/web01:alice", "&&algorithm=sha1&"),
             with_key("totp/:alice", "&issuer=web01"),
             with_key("totp/web01:alice", "&issuer="),
             with_key("totp/web01:alice", "&issuer=WEB01&issuer=web02"),
             with_key("totp/web01:alice", "&counter=x"),
             with_key("totp/web01:alice", "&digits=6&digits=6&period=30&algorithm=SHA-1"),
             with_key("totp/web01:alice", "&algorithm=&digits=&period=&counter="),
             with_key("totp/web01:alice", "&algorithm&digits&period"),
             std::string(
                 "OTPAUTH://totp/web01:alice?Secret=gezd%20gnbv%20gy3t%20qojq%20gezd%20gnbv%20gy3t%20qojq"),
             std::string("otpauth://totp/web01:alice?secret=gezd+gnbv+gy3t+qojq+gezd+gnbv+gy3t+qojq"),
         }) {
        const auto uri = parse_otpauth_uri(text);
        ASSERT_TRUE(uri.has_value()) << text << ": " << uri.error().detail;
        EXPECT_EQ(lowercase_ascii(uri->key.issuer), "web01") << text;
        EXPECT_TRUE(equal_in_constant_time(uri->key.key, alice().key)) << text;
        EXPECT_TRUE(uri->key.form == alice().form && uri->key.moving == alice().moving) << text;
        EXPECT_TRUE(uri->remarks.empty()) << text;
    }
    // What counts nothing may say a period, and what has one a counter.
    EXPECT_EQ(why_refused(with_key("hotp/a", "&counter=1&period=0")), "accepted");
}

TEST(OtpauthUri, ReadsWhatWasCopiedOutOfAWebPage) {
    const auto uri = parse_otpauth_uri(
        "otpauth://totp/alice?secret=JBSWY3DPEHPK3PXP&amp;algorithm=SHA256&amp;digits=8&amp;period=60&amp;issuer=AT&amp;T");
    ASSERT_TRUE(uri.has_value()) << uri.error().detail;
    EXPECT_EQ(
        written(uri->key),
        "otpauth://totp/AT%26T:alice?secret=JBSWY3DPEHPK3PXP&issuer=AT%26T&algorithm=SHA256&digits=8&period=60");
    ASSERT_EQ(uri->remarks.size(), 1U);
    EXPECT_FALSE(uri->remarks.front().in_doubt);
    EXPECT_NE(uri->remarks.front().sentence.find("web page"), std::string::npos);
}

TEST(OtpauthUri, NamesParametersThatMayChangeTheCodes) {
    const auto uri = parse_otpauth_uri(with_key("totp/a", "&offset=7&pin=true&%zz=1&xyz"));
    ASSERT_TRUE(uri.has_value()) << uri.error().detail;
    ASSERT_EQ(uri->remarks.size(), 3U);
    EXPECT_NE(uri->remarks[0].sentence.find("offset"), std::string::npos);
    EXPECT_NE(uri->remarks[1].sentence.find("pin"), std::string::npos);
    for (const Remark& remark : uri->remarks)
        EXPECT_TRUE(remark.in_doubt);
}

TEST(OtpauthUri, SteamIsFiveLettersHoweverItIsSaid) {
    for (const std::string& text :
         {with_key("totp/Steam:alice", "&issuer=Steam"), with_key("totp/Steam:alice", ""),
          with_key("steam/Steam:alice", "&issuer=Steam"), with_key("totp/x", "&encoder=steam&digits=5"),
          with_key("totp/Valve:test", "&issuer=Valve&encoder=steam")}) {
        const auto uri = parse_otpauth_uri(text);
        ASSERT_TRUE(uri.has_value()) << text << ": " << uri.error().detail;
        EXPECT_TRUE(uri->key.form.is_steam()) << text;
        const auto again = parse_otpauth_uri(written(uri->key));
        EXPECT_TRUE(again && same(again->key, uri->key)) << written(uri->key);
    }
    // Somebody's account at a shop that sells for Steam.
    const auto digits = parse_otpauth_uri(with_key("totp/Steam:alice", "&issuer=Steam&digits=6"));
    ASSERT_TRUE(digits.has_value());
    EXPECT_FALSE(digits->key.form.is_steam());
    EXPECT_TRUE(digits->remarks.at(0).in_doubt);
    EXPECT_FALSE(parse_otpauth_uri(written(digits->key))->key.form.is_steam());
}

// Each of these once was read with a key or digits that nobody has.
TEST(OtpauthUri, NothingBehindTheSecretBecomesKey) {
    for (const std::string_view behind :
         {" copy", " OK", " alice", " TOTP", " 22", " or type it", "+copy", "%20copy", "-copy", "...",
          "\xe2\x80\xa6", " JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "%0AJBSWY3DP"})
        EXPECT_NE(why_refused(with_key("totp/a", "").append(behind)), "accepted") << behind;
    for (const std::string_view second : {" otpauth://totp/b?secret=MY", ",otpauth://totp/b?secret=MY",
                                          "\totpauth%3A//totp/b?secret=MY", "&x=otpauth://totp/b"})
        EXPECT_NE(why_refused(with_key("totp/a", "&issuer=Acme").append(second)).find("second address"),
                  std::string::npos)
            << second;
    EXPECT_NE(why_refused("otpauth://totp/a?secret=3DJBSWY3DPEHPK3PXP&issuer=3DAcme"), "another error");
    EXPECT_NE(why_refused("otpauth://totp/a?secret=3DJBSWY3DPEHPK3PXP&issuer=3DAcme").find("mail"),
              std::string::npos);
}

TEST(OtpauthUri, WhatMayMakeOtherCodesIsInDoubt) {
    for (const std::string_view parameters :
         {"&issuer=Acme;digits=8", "&issuer=Acme%26algorithm=SHA256", "&issuer=Acme&algorithm%3DSHA256",
          "&issuer=Acme,digits=8", "&issuer=Acme%2526algorithm%253DSHA256", "&encoder=hex"}) {
        const auto uri = parse_otpauth_uri(with_key("totp/a", parameters));
        ASSERT_TRUE(uri.has_value()) << parameters << uri.error().detail;
        EXPECT_TRUE(std::ranges::any_of(uri->remarks, &Remark::in_doubt)) << parameters;
    }
    EXPECT_TRUE(parse_otpauth_uri("otpauth://totp/a?secret=AE")->remarks.at(0).in_doubt);
}

TEST(OtpauthUri, RefusesOtherForms) {
    for (const std::string& text : {
             std::string(),
             std::string("otpauth:"),
             std::string("otpauth://"),
             std::string("otpauth://totp"),
             std::string("otpauth://totp/alice"),
             std::string("http://totp/a?secret=MY"),
             std::string("otpauth:/totp/a?secret=MY"),
             std::string("otpauth://?secret=MY/"),
             with_key("totpx/a", ""),
             with_key("/a", ""),
             with_key("", ""),
             " " + with_key("totp/a", ""),
         }) {
        EXPECT_NE(why_refused(text), "accepted") << text;
        EXPECT_NE(why_refused(text), "another error") << text;
    }
    EXPECT_NE(why_refused(with_key("yaotp/alice", "&pin_length=4")).find("Yandex"), std::string::npos);
    EXPECT_NE(why_refused(with_key("motp/alice", "")).find("Mobile-OTP"), std::string::npos);
}

TEST(OtpauthUri, RefusesBadParameters) {
    for (const std::string_view parameters : {
             "&digits=3",
             "&digits=11",
             "&digits=6x",
             "&digits=%2B6",
             "&digits=-6",
             "&period=0",
             "&period=86401",
             "&period=30.0",
             "&period=4294967326",
             "&algorithm=MD5",
             "&algorithm=SHA224",
             "&digits=%zz",
             "&algorithm=%",
         }) {
        EXPECT_NE(why_refused(with_key("totp/a", parameters)), "accepted") << parameters;
    }
    for (const std::string_view counter : {"&counter=-1", "&counter=x", "&counter=18446744073709551616"})
        EXPECT_NE(why_refused(with_key("hotp/a", counter)), "accepted") << counter;
    EXPECT_EQ(why_refused(with_key("totp/a", "&period=100000")),
              "otpauth URI: the period is 100000: a period is 1 to 86400 seconds");
}

TEST(OtpauthUri, RefusesAParameterThatIsThereTwiceWithDifferentValues) {
    for (const std::string_view twice :
         {"&digits=6&digits=8", "&period=30&period=60", "&algorithm=SHA1&algorithm=SHA256", "&secret=MY",
          "&SECRET=MY", "&s%65cret=MY", "&encoder=steam&encoder=x"}) {
        EXPECT_NE(why_refused(with_key("totp/web01:a", twice)).find("twice"), std::string::npos) << twice;
    }
}

TEST(OtpauthUri, RefusesAMissingOrBadSecret) {
    for (const std::string_view query :
         {"", "issuer=x", "secret=", "secret", "secret=====", "secret=M", "secret=M1", "secret=%20",
          "secret=MY%00", "xsecret=MY", "secret=MY#fragment", "secret=MY%zz"}) {
        EXPECT_NE(why_refused("otpauth://totp/a?" + std::string(query)), "accepted") << query;
    }
}

TEST(OtpauthUri, DropsBitsThatBelongToNoByteAndSaysSo) {
    const auto uri = parse_otpauth_uri("otpauth://totp/Acme:alice?secret=KRSXG5CTMVRXEZLUKR4C&issuer=Acme");
    ASSERT_TRUE(uri.has_value()) << uri.error().detail;
    EXPECT_EQ(uri->key.key.text(), "TestSecretTx");
    ASSERT_EQ(uri->remarks.size(), 1U);
    EXPECT_FALSE(uri->remarks.front().in_doubt);
}

TEST(OtpauthUri, AHotpUriWithoutACounterBeginsAtZeroAndSaysSo) {
    const auto uri = parse_otpauth_uri(with_key("hotp/a", ""));
    ASSERT_TRUE(uri.has_value());
    EXPECT_EQ(std::get<HotpMoving>(uri->key.moving).counter, 0U);
    EXPECT_EQ(uri->remarks.size(), 1U);
    EXPECT_TRUE(parse_otpauth_uri(with_key("hotp/a", "&counter=0"))->remarks.empty());
}

TEST(OtpauthUri, IsBounded) {
    const std::string head = with_key("totp/a", "&image=");
    EXPECT_EQ(why_refused(head + std::string(4096 - head.size(), 'x')), "accepted");
    EXPECT_NE(why_refused(head + std::string(4097 - head.size(), 'x')), "accepted");
}

TEST(OtpauthUri, ErrorsDoNotRepeatTheSecret) {
    for (const std::string_view text :
         {"otpauth://totp/a?secret=SECRETKEY1&digits=SECRETKEY1",
          "otpauth://totp/a?secret=MY&algorithm=SECRETKEY", "otpauth://totp/a?secret=SECRETKEY1",
          "otpauth://SECRETKEY/a?secret=MY"}) {
        EXPECT_EQ(why_refused(text).find("SECRETKEY"), std::string::npos) << text;
    }
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

KeyDescription random_uri(testing::SeededRandomness& random) {
    const auto bytes = random.array<8>();
    KeyDescription uri{.issuer = random_name(random, true),
                       .account = random_name(random, false),
                       .key = random.secret(8U + bytes[0] % 64U),
                       .algorithm = static_cast<Algorithm>(bytes[1] % 3),
                       .form = bytes[2] % 8 == 7 ? CodeForm::steam() : *CodeForm::decimal(4U + bytes[2] % 7U),
                       .moving = TotpMoving{*StepLength::create(seconds(1 + bytes[3] * 338))}};
    if (bytes[4] % 2 == 0) uri.moving = HotpMoving{std::uint64_t{bytes[5]} << bytes[6] % 57U};
    return uri;
}

TEST(OtpauthUri, WhatWasWrittenIsReadAgain) {
    testing::SeededRandomness random;
    for (int i = 0; i < 5000; ++i) {
        const KeyDescription uri = random_uri(random);
        const std::string text = written(uri);
        const auto back = parse_otpauth_uri(text);
        ASSERT_TRUE(back.has_value()) << text << ": " << back.error().detail;
        ASSERT_TRUE(same(back->key, uri)) << text;
        ASSERT_TRUE(back->remarks.empty()) << text;
    }
}

}  // namespace
}  // namespace secondstep::otp
