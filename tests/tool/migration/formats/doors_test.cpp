// The same key through any door: every spelling of what makes codes, written down as each source writes it,
// gives one description of the key, or one sentence that refuses it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "encoding/base32.h"
#include "encoding/base64.h"
#include "migration/formats/google_authenticator.h"
#include "migration/formats/oath_users.h"
#include "migration/formats/otpauth_lines.h"
#include "migration/formats/pskc.h"
#include "migration/formats/token_csv.h"
#include "otp/key_fields.h"
#include "tool/migration/formats/xml_of.h"

namespace secondstep::tool {
namespace {

using ::testing::HasSubstr;

// In the words of a source; empty: it says nothing.
struct Spelled {
    std::string key = "12345678901234567890";  // the bytes
    std::string type = "totp";
    std::string algorithm{};
    std::string digits{};
    std::string period{};
    std::string counter{};
};

std::string base32_of(const std::string& key) {
    return std::string(otp::base32_encode(as_bytes(key)).text());
}

// A way in: how it writes a key down (nothing: it has no words for that), and how it reads it.
struct Door {
    std::function<std::optional<std::string>(const Spelled&)> written;
    std::function<Result<Reading>(const std::string&)> read;
};

std::string parameter(const std::string& name, const std::string& value) {
    return value.empty() ? "" : "&" + name + "=" + value;
}

Door otpauth() {
    return {[](const Spelled& key) -> std::optional<std::string> {
                return "otpauth://" + key.type + "/Shop:alice?secret=" + base32_of(key.key) +
                       parameter("algorithm", key.algorithm) + parameter("digits", key.digits) +
                       parameter("period", key.period) + parameter("counter", key.counter);
            },
            [](const std::string& text) { return read_otpauth_lines(text, "f"); }};
}

Door csv() {
    return {[](const Spelled& key) -> std::optional<std::string> {
                return "user,secret,type,algorithm,digits,period,counter\nalice," + base32_of(key.key) + "," +
                       key.type + "," + key.algorithm + "," + key.digits + "," + key.period + "," +
                       key.counter + "\n";
            },
            [](const std::string& text) { return read_token_csv(text, "f"); }};
}

std::string data(const std::string& name, const std::string& value) {
    return value.empty() ? "" : "<" + name + "><PlainValue>" + value + "</PlainValue></" + name + ">";
}

// Numbers that are none it names by the element, before they are anything of a key.
Door pskc() {
    return {[](const Spelled& key) -> std::optional<std::string> {
                for (const std::string& number : {key.period, key.counter}) {
                    if (!number.empty() && !parse_number<std::uint64_t>(number)) return std::nullopt;
                }
                const std::string base64(otp::base64_encode(key.key).text());
                return "<KeyContainer><KeyPackage><Key Algorithm=\"" + key.type +
                       "\"><AlgorithmParameters><Suite>" + key.algorithm +
                       "</Suite><ResponseFormat Encoding=\"DECIMAL\" Length=\"" + key.digits +
                       "\"/></AlgorithmParameters><Data>" + data("Secret", base64) +
                       data("TimeInterval", key.period) + data("Counter", key.counter) +
                       "</Data><UserId>alice</UserId></Key></KeyPackage></KeyContainer>";
            },
            [](const std::string& text) { return read_pskc(xml_of(text), "f", {}); }};
}

// HMAC-SHA1 alone; a counter that is not there is 0 without a word.
Door oath() {
    return {[](const Spelled& key) -> std::optional<std::string> {
                if (!key.algorithm.empty()) return std::nullopt;
                if (key.type == "totp" && key.period.empty()) return std::nullopt;
                if (!key.counter.empty() && !parse_number<std::uint64_t>(key.counter)) return std::nullopt;
                return "HOTP/" + (key.type == "totp" ? "T" + key.period : "E") +
                       (key.digits.empty() ? "" : "/" + key.digits) + " alice - " + hex(as_bytes(key.key)) +
                       (key.counter.empty() ? "" : " " + key.counter) + "\n";
            },
            [](const std::string& text) { return read_oath_users(text, "f", from_unix(1795826840)); }};
}

Door google_authenticator() {
    return {[](const Spelled& key) -> std::optional<std::string> {
                if (!key.algorithm.empty() || !key.digits.empty()) return std::nullopt;
                if (key.type == "hotp" && key.counter.empty()) return std::nullopt;
                return base32_of(key.key) + "\n\" DISALLOW_REUSE\n" +
                       (key.type == "totp" ? "\" TOTP_AUTH\n" : "\" HOTP_COUNTER " + key.counter + "\n") +
                       (key.period.empty() ? "" : "\" STEP_SIZE " + key.period + "\n");
            },
            [](const std::string& text) {
                return read_google_authenticator({.text = text, .user = "alice", .place = "f"},
                                                 {.now = from_unix(1795826840)});
            }};
}

std::map<std::string, Door> doors() {
    return {{"otpauth", otpauth()},
            {"csv", csv()},
            {"pskc", pskc()},
            {"oath", oath()},
            {"google-authenticator", google_authenticator()}};
}

std::string in_words(const otp::KeyDescription& key) {
    return hex(key.key.bytes()) + " " + std::string(otp::to_text(key.algorithm)) + " " +
           otp::code_described(key) +
           (key.is_counted() ? " from " + std::to_string(std::get<otp::HotpMoving>(key.moving).counter) : "");
}

std::string outcome(const Result<Reading>& reading) {
    if (!reading) return reading.error().detail;
    if (!reading->unusable.empty()) return lowercase_ascii(reading->unusable.at(0).why);
    return reading->accounts.empty() ? "nothing" : in_words(reading->accounts.at(0).tokens.at(0).token);
}

// What the one reader of keys says, and the bounds of what is checked here.
std::string expected(const Spelled& key) {
    const auto described = otp::describe({.key = otp::KeyBytes{as_bytes(key.key)},
                                          .type = key.type,
                                          .algorithm = key.algorithm,
                                          .digits = key.digits,
                                          .period = key.period,
                                          .counter = key.counter,
                                          .issuer = "Shop"});
    if (!described) return lowercase_ascii(described.error().detail);
    const auto form = otp::form_for_login(described->key);
    return form ? in_words(described->key) : lowercase_ascii(form.error().detail);
}

void check_at_every_door(const Spelled& key) {
    for (const auto& [name, door] : doors()) {
        const auto written = door.written(key);
        if (!written) continue;
        EXPECT_THAT(outcome(door.read(*written)), HasSubstr(expected(key))) << name << ": " << *written;
    }
}

TEST(Doors, EverySpellingOfAnAlgorithmMeansTheSame) {
    for (const std::string algorithm :
         {"", "SHA1", "sha1", "SHA-1", "HmacSHA1", "HMAC-SHA1", "SHA256", "SHA-256", "HmacSHA256",
          "HMAC-SHA-256", "sha512", "HMAC-SHA512", "MD5", "SHA384", "sha3-256", "x"})
        check_at_every_door({.algorithm = algorithm});
}

TEST(Doors, EveryNumberOfDigitsMeansTheSame) {
    for (const std::string digits :
         {"", "6", "7", "8", "5", "4", "10", "0", "3", "11", "-6", "06", "six", "6.0", "99999999999"})
        check_at_every_door({.digits = digits});
}

TEST(Doors, EveryPeriodMeansTheSame) {
    for (const std::string period :
         {"", "30", "60", "15", "120", "14", "121", "1", "86400", "0", "86401", "4294967326", "x", "-30"})
        check_at_every_door({.period = period});
}

TEST(Doors, EveryCounterMeansTheSame) {
    for (const std::string counter : {"", "0", "7", "18446744073709551615", "18446744073709551616", "x"})
        check_at_every_door({.type = "hotp", .counter = counter});
}

TEST(Doors, WhatHasNoMeaningForAKindIsPassedOver) {
    check_at_every_door({.type = "totp", .period = "60", .counter = "7"});
    check_at_every_door({.type = "hotp", .period = "5", .counter = "7"});
}

TEST(Doors, EveryLengthOfAKeyMeansTheSame) {
    for (const std::size_t size : {1U, 7U, 10U, 16U, 20U, 32U, 64U, 128U, 129U})
        check_at_every_door({.key = std::string(size, 'x')});
}

// Left-over bits and symbols: the doors that have base32 say the same of them.
TEST(Doors, BitsThatBelongToNoByteMeanTheSame) {
    for (const std::string text :
         {"KRSXG5CTMVRXEZLUKR4C", "KRSXG5CTMVRXEZLUKR4", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQG", "M", "MZ"}) {
        const auto described = otp::describe({.key = otp::Base32Text{text}});
        const std::string right =
            described ? in_words(described->key) : lowercase_ascii(described.error().detail);
        EXPECT_THAT(outcome(read_otpauth_lines("otpauth://totp/alice?secret=" + text, "f")), HasSubstr(right))
            << text;
        EXPECT_THAT(outcome(read_token_csv("user,secret\nalice," + text + "\n", "f")), HasSubstr(right))
            << text;
        EXPECT_THAT(outcome(read_google_authenticator(
                        {.text = text + "\n\" TOTP_AUTH\n\" DISALLOW_REUSE\n", .user = "alice", .place = "f"},
                        {.now = from_unix(1795826840)})),
                    HasSubstr(right))
            << text;
    }
}

}  // namespace
}  // namespace secondstep::tool
