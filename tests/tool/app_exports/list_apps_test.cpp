#include "app_exports/list_apps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tool/app_exports/reading.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

namespace secondstep::tool {
namespace {

TEST(AndOtp, DividesTheLabelOfItsOldReleases) {
    EXPECT_THAT(key_in(read_export(R"([{"secret":"JBSWY3DP","label":"Acme - alice","type":"TOTP","digits":6,)"
                                   R"("period":30,"algorithm":"SHA1","tags":[]}])")),
                HasSubstr("Acme: alice, "));
    EXPECT_THAT(key_in(read_export(R"([{"secret":"JBSWY3DP","label":"alice","type":"TOTP"}])")),
                HasSubstr(": alice, "));
}

TEST(AndOtp, IsNamedAsSomethingEncryptedWhereItIs) {
    EXPECT_THAT(error_of(read_export(export_file("otpclient-andotp.json.aes"))),
                HasSubstr("perhaps an encrypted backup (andOTP"));
}

TEST(Stratum, RefusesTypesAndAlgorithmsThatItDoesNotKnow) {
    const auto with = [](std::string_view type, std::string_view algorithm) {
        return error_of(read_export(R"({"Authenticators":[{"Type":)" + std::string(type) +
                                    R"(,"Issuer":"Acme","Username":null,"Secret":"JBSWY3DP","Algorithm":)" +
                                    std::string(algorithm) + R"(,"Digits":6,"Period":30,"Counter":0}]})"));
    };
    EXPECT_EQ(with("2", "0"), "no error");
    EXPECT_THAT(with("3", "0"), HasSubstr("Mobile-OTP"));
    EXPECT_THAT(with("5", "0"), HasSubstr("Yandex Key"));
    EXPECT_THAT(with("6", "0"), HasSubstr("the type"));
    EXPECT_THAT(with("2", "3"), HasSubstr("the algorithm"));
}

TEST(AddressList, AnAddressThatMayGoOnInTheNextLineIsPassedOver) {
    const auto read = read_export(
        "otpauth://totp/Acme:alice?secret=JBSWY3DP\n&digits=8\notpauth://totp/Acme:bob?secret=JBSWY3DP\n");
    EXPECT_THAT(keys_in(read), ElementsAre("Acme: bob, totp, 6 digits, every 30 s, sha1, 48656c6c6f"));
    ASSERT_TRUE(read);
    EXPECT_THAT(read->passed_over, ElementsAre(HasSubstr("Entry 1: it may go on in the next line"),
                                               HasSubstr("Entry 2: it is no address")));
    EXPECT_THAT(read->numbers, ElementsAre(3U));
}

TEST(AddressList, PassesOverRemarksAndNamesOtherLines) {
    const auto read = read_export(
        "# exported\n\notpauth://totp/Acme:alice?secret=JBSWY3DP\r\n\r\nhello\nsteam://JBSWY3DP\n"
        "otpauth://totp/Acme:alice?secret=JBSWY3DP\n");
    EXPECT_THAT(keys_in(read), ElementsAre("Acme: alice, totp, 6 digits, every 30 s, sha1, 48656c6c6f",
                                           ": , totp, 5 letters of Steam, every 30 s, sha1, 48656c6c6f"));
    ASSERT_TRUE(read);
    EXPECT_THAT(read->passed_over, ElementsAre("Entry 2: it is no address that begins with otpauth://."));
}

TEST(AddressList, TakesThePicturesOfAPhonesExport) {
    const auto read = read_export(
        "otpauth-migration://offline?data="
        "Ch8KBUhlbGxvEgpBY21lOmFsaWNlGgRBY21lIAEoATACEAEYASAA\n");
    EXPECT_EQ(key_in(read), "Acme: alice, totp, 6 digits, every 30 s, sha1, 48656c6c6f");
}

// otpclient-cli 3.1.4 wrote this: a line is cut short by as many bytes as a name has letters that are not ASCII, and
// the next one goes on in it. Read by the first parameter that fits, its period would be 6 seconds.
TEST(AddressList, DoesNotTakeTwoLinesInOneForAKey) {
    const auto read = read_export(export_file("otpclient-freeotpplus.txt"));
    ASSERT_TRUE(read);
    EXPECT_THAT(read->keys, SizeIs(2));
    EXPECT_THAT(read->passed_over, SizeIs(1));
}

}  // namespace
}  // namespace secondstep::tool
