#include "app_exports/free_otp_plus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tool/app_exports/reading.h"

using ::testing::HasSubstr;
using ::testing::SizeIs;

namespace secondstep::tool {
namespace {

std::string token(std::string_view members) {
    return R"({"tokenOrder":[],"tokens":[{"algo":"SHA1","digits":6,"issuerExt":"Acme","label":"alice","period":30,)" +
           std::string(members) + "}]}";
}

TEST(FreeOtpPlus, ReadsKeysAsSignedBytes) {
    EXPECT_EQ(key_in(read_export(token(R"("type":"TOTP","counter":0,"secret":[0,127,-128,-1])"))),
              "Acme: alice, totp, 6 digits, every 30 s, sha1, 007f80ff");
}

TEST(FreeOtpPlus, RefusesWhatIsNoListOfBytes) {
    std::string long_key = "1";
    for (int i = 0; i < 200; ++i)
        long_key += ",1";
    for (const std::string& secret :
         {std::string("[128]"), std::string("[-129]"), std::string("[1.5]"), std::string("[[1]]"),
          std::string("[null]"), std::string("\"JBSWY3DP\""), std::string("null"), std::string("{}"),
          "[" + long_key + "]"}) {
        EXPECT_THAT(error_of(read_export(token(R"("type":"TOTP","secret":)" + secret))),
                    HasSubstr("the key is no list of bytes"))
            << secret;
    }
    EXPECT_THAT(error_of(read_export(token(R"("type":"TOTP","secret":[])"))), HasSubstr("the key is empty"));
}

// What the app writes into an otpauth:// address of its own is one more than what stands in the JSON.
TEST(FreeOtpPlus, CountsOneLowerThanOthers) {
    const auto counted = [](std::string_view counter) {
        return read_export(token(R"("type":"HOTP","secret":[1],"counter":)" + std::string(counter)));
    };
    EXPECT_THAT(key_in(counted("6")), HasSubstr("next 7"));
    EXPECT_THAT(key_in(counted("-1")), HasSubstr("next 0"));
    EXPECT_THAT(key_in(counted("9223372036854775806")), HasSubstr("next 9223372036854775807"));
    EXPECT_THAT(everything_said(counted("6")), HasSubstr("counts one lower"));
    for (const std::string_view counter : {"-2", "9223372036854775808", "1.5", "[]", "true"})
        EXPECT_THAT(error_of(counted(counter)), HasSubstr("the counter")) << counter;
}

TEST(FreeOtpPlus, PrefersTheNamesThatThePersonGave) {
    EXPECT_THAT(
        key_in(read_export(token(R"("type":"TOTP","secret":[1],"issuerAlt":"Work","labelAlt":"me")"))),
        HasSubstr("Work: me, "));
    EXPECT_THAT(key_in(read_export(
                    R"({"tokenOrder":[],"tokens":[{"issuerInt":"Acme","secret":[1],"type":"TOTP"}]})")),
                HasSubstr("Acme: , totp"));
}

// The app makes Steam's letters of everything that has this issuer.
TEST(FreeOtpPlus, KnowsSteamByTheNameOfThePortal) {
    const std::string steam =
        replaced(token(R"("type":"TOTP","secret":[1],"issuerAlt":"Games")"), "Acme", "Steam");
    EXPECT_THAT(key_in(read_export(replaced(steam, "\"digits\":6", "\"digits\":5"))),
                HasSubstr("Games: alice, totp, 5 letters of Steam"));
}

}  // namespace
}  // namespace secondstep::tool
