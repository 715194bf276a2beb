#include "app_exports/two_fas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tool/app_exports/reading.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

namespace secondstep::tool {
namespace {

std::string backup(std::string_view service, std::string_view schema = "4") {
    return R"({"services":[)" + std::string(service) + R"(],"groups":[],"schemaVersion":)" +
           std::string(schema) + "}";
}

TEST(TwoFas, IsOpenedWithItsPassword) {
    EXPECT_THAT(keys_in(read_export(export_file("2fas-encrypted.2fas"), password_of_files)), SizeIs(4));
    const auto wrong = read_export(export_file("2fas-encrypted.2fas"), "wrong");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, Errc::not_allowed);
    EXPECT_EQ(wrong.error().detail, "the password does not fit, or the file was changed");
    EXPECT_EQ(error_of(read_export(export_file("2fas-encrypted.2fas"))), "it is encrypted with a password");
}

TEST(TwoFas, SaysThatAPartOfItsEncryptionIsDamaged) {
    for (const std::string_view sealed :
         {"x", "AAAA:AAAA", "AAAA:AAAA:AAAA", "AAAA:AAAA:AAAA:AAAA", "?:?:?", "::"}) {
        const std::string text =
            R"({"services":[],"schemaVersion":4,"servicesEncrypted":")" + std::string(sealed) + "\"}";
        EXPECT_THAT(error_of(read_export(text, "x")), HasSubstr("a part of it is damaged")) << sealed;
    }
    // A nonce of another length.
    const std::string part = std::string(24, 'A');
    EXPECT_THAT(
        error_of(read_export(
            R"({"schemaVersion":4,"servicesEncrypted":")" + part + ":" + part + ":" + part + "\"}", "x")),
        HasSubstr("wrong length"));
}

// 3.1 of the app wrote the key alone; such exports are still around.
TEST(TwoFas, TakesSchemaOneWithTheDefaults) {
    const auto read = read_export(backup(
        R"({"name":"Acme","secret":"jbsw y3dp","otp":{"account":"","label":"alice"},"order":{"position":0}})",
        "1"));
    EXPECT_EQ(key_in(read), "Acme: alice, totp, 6 digits, every 30 s, sha1, 48656c6c6f");
}

TEST(TwoFas, GivesTheNameThatThePersonGaveWhereThePortalGaveNone) {
    const auto read = read_export(backup(
        R"({"name":"My bank","secret":"JBSWY3DP","otp":{"account":"alice","issuer":null,"tokenType":"TOTP"}})"));
    EXPECT_EQ(key_in(read), "My bank: alice, totp, 6 digits, every 30 s, sha1, 48656c6c6f");
}

// The app shows six digits for it; only its own word STEAM means the letters.
TEST(TwoFas, MakesNoLettersOfAnEntryThatIsCalledSteam) {
    const auto read =
        read_export(backup(R"({"name":"Steam","secret":"JBSWY3DP","otp":{"account":"alice"}})", "1"));
    EXPECT_EQ(key_in(read), "Steam: alice, totp, 6 digits, every 30 s, sha1, 48656c6c6f");
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->keys.front().remarks.front().in_doubt);
}

TEST(TwoFas, NamesTheAlgorithmsThatSecondstepDoesNotSpeak) {
    for (const std::string_view algorithm : {"SHA224", "SHA384"}) {
        const auto read = read_export(backup(R"({"name":"Acme","secret":"JBSWY3DP","otp":{"algorithm":")" +
                                             std::string(algorithm) + R"(","tokenType":"TOTP"}})"));
        EXPECT_THAT(error_of(read), HasSubstr("the algorithm is sha")) << algorithm;
    }
}

TEST(TwoFas, RefusesASchemaThatItDoesNotKnow) {
    EXPECT_THAT(error_of(read_export(backup("", "5"))), HasSubstr("a newer 2FAS"));
    EXPECT_THAT(error_of(read_export(backup("", "\"x\""))), HasSubstr("a newer 2FAS"));
    EXPECT_THAT(error_of(read_export(R"({"services":{},"schemaVersion":4})")),
                HasSubstr("no list of accounts"));
    EXPECT_THAT(error_of(read_export(backup(""))), HasSubstr("there is no key of a second factor in it"));
}

}  // namespace
}  // namespace secondstep::tool
