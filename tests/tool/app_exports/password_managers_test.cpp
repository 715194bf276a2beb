#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app_exports/password_list.h"
#include "tool/app_exports/reading.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::tool {
namespace {

constexpr std::string_view hello =
    "48656c6c6f21deadbeef48656c6c6f21deadbeef";  // JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP

std::string bitwarden(std::string_view totp) {
    return R"({"encrypted":false,"folders":[],"items":[{"type":1,"name":"Acme","login":{"username":"alice","totp":")" +
           std::string(totp) + "\"}}]}";
}

std::string proton(std::string_view uri, std::string_view type = "Totp") {
    return R"({"version":1,"entries":[{"id":"x","content":{"uri":")" + std::string(uri) +
           R"(","entry_type":")" + std::string(type) + R"(","name":"alice"},"note":null}]})";
}

TEST(Bitwarden, TakesAKeyAloneAndNamesItAsItsEntry) {
    const std::string expected = "Acme: alice, totp, 6 digits, every 30 s, sha1, " + std::string(hello);
    EXPECT_EQ(key_in(read_export(bitwarden("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))), expected);
    EXPECT_EQ(key_in(read_export(bitwarden(" jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp "))), expected);
}

TEST(Bitwarden, TakesSteamsAddress) {
    EXPECT_EQ(key_in(read_export(bitwarden("steam://JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))),
              "Acme: alice, totp, 5 letters of Steam, every 30 s, sha1, " + std::string(hello));
}

// The app shows six digits for it; only steam:// means the letters.
TEST(Bitwarden, MakesNoLettersOfAnEntryThatIsCalledSteam) {
    const auto read = read_export(replaced(bitwarden("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"), "Acme", "Steam"));
    EXPECT_EQ(key_in(read), "Steam: alice, totp, 6 digits, every 30 s, sha1, " + std::string(hello));
    EXPECT_THAT(everything_said(read), HasSubstr("Steam itself takes five letters"));
}

TEST(Bitwarden, NamesAnAddressThatHasNoNames) {
    EXPECT_THAT(key_in(read_export(bitwarden("otpauth://totp/?secret=JBSWY3DPEHPK3PXP"))),
                HasSubstr("Acme: alice, "));
    EXPECT_THAT(key_in(read_export(bitwarden("otpauth://totp/Else:bob?secret=JBSWY3DPEHPK3PXP"))),
                HasSubstr("Else: bob, "));
}

TEST(Bitwarden, SaysWhichEntryHasNoKey) {
    const auto read = read_export(bitwarden("no key at all, 0189!"));
    EXPECT_THAT(error_of(read), HasSubstr("Entry 1 (Acme: alice)"));
    EXPECT_THAT(error_of(read), ::testing::Not(HasSubstr("0189")));
}

TEST(Bitwarden, IsNamedWhereItIsEncrypted) {
    const auto by_account = read_export(
        R"({"encrypted":true,"encKeyValidation_DO_NOT_EDIT":"2.x|y|z","folders":[],"items":[{"name":"2.x"}]})");
    const auto by_password = read_export(
        R"({"encrypted":true,"passwordProtected":true,"salt":"x","kdfType":0,"kdfIterations":600000,)"
        R"("encKeyValidation_DO_NOT_EDIT":"2.x|y|z","data":"2.x|y|z"})");
    for (const auto* read : {&by_account, &by_password}) {
        ASSERT_FALSE(*read);
        EXPECT_EQ(read->error().code, Errc::unsupported);
        EXPECT_THAT(error_of(*read), HasSubstr("export it once more as \".json\""));
    }
}

TEST(Bitwarden, SaysThatThereIsNoSecondFactorInIt) {
    EXPECT_EQ(
        error_of(read_export(R"({"encrypted":false,"folders":[],"items":[{"type":2,"name":"A note"}]})")),
        "it is an export of Bitwarden, and there is no key of a second factor in it");
}

TEST(ProtonAuthenticator, ReadsSteamsKeyAsBase64) {
    EXPECT_EQ(key_in(read_export(proton("steam://SGVsbG8h3q2+70hlbGxvId6tvu8=", "Steam"))),
              "Steam: alice, totp, 5 letters of Steam, every 30 s, sha1, " + std::string(hello));
}

// Taken over from another app as it stood: the app computes its codes from other bytes than Steam has.
TEST(ProtonAuthenticator, RefusesAKeyOfSteamThatIsBase32AsWell) {
    EXPECT_THAT(error_of(read_export(proton("steam://JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "Steam"))),
                HasSubstr("base64 or base32"));
}

TEST(ProtonAuthenticator, IsNamedWhereItHasAPasswordOrIsNewer) {
    EXPECT_THAT(error_of(read_export(R"({"version":1,"salt":"AAAA","content":"AAAA"})")),
                HasSubstr("Proton Authenticator with a password"));
    EXPECT_THAT(error_of(read_export(R"({"version":2,"entries":[]})")),
                HasSubstr("a newer Proton Authenticator"));
    EXPECT_THAT(error_of(read_export(R"({"version":1,"entries":[]})")), HasSubstr("there is no key"));
}

TEST(KeePassXC, GivesWhatKeepassxcCliWrote) {
    const auto read = read_export(export_file("keepassxc.csv"));
    const std::string seed = "31323334353637383930";
    EXPECT_THAT(
        keys_in(read),
        ElementsAre("Acme: alice, totp, 6 digits, every 30 s, sha1, " + std::string(hello),
                    ::testing::AllOf(
                        HasSubstr("S\xc3\xb6hne"),
                        HasSubstr(": bob@example.org, totp, 8 digits, every 60 s, sha256, " + seed + seed)),
                    "Steam: carol, totp, 5 letters of Steam, every 30 s, sha1, "
                    "7365637265742e6f7220736563726574"
                    "2e6f7220",
                    "Old: none, totp, 6 digits, every 30 s, sha1, 6162636465666768696a",
                    "KeeOtp: dora, totp, 8 digits, every 60 s, sha512, " + seed + seed));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->app, "KeePassXC");
    EXPECT_THAT(read->passed_over, IsEmpty());
}

TEST(KeePassXC, SaysThatAnOldReleaseLeavesTheKeysOut) {
    EXPECT_THAT(error_of(read_export("\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\"\n"
                                     "\"Root\",\"Acme\",\"alice\",\"x\",\"\",\"\"\n")),
                HasSubstr("without the keys, which 2.6.4 and later export too"));
}

// What stands there is the form of a plugin of KeePass: the key is not all of it.
TEST(KeePassXC, TakesNoOtherFormForAKey) {
    for (const std::string_view text : {"30;6", "key=GEZDGNBVGY3TQOJQ&size=8&step=60",
                                        "JBSWY3DPEHPK3PXP;30;6", "TimeOtp-Secret-Base32=JBSWY3DP"}) {
        const auto read =
            read_export("\"Group\",\"Title\",\"Username\",\"TOTP\"\n\"Root\",\"Acme\",\"alice\",\"" +
                        std::string(text) + "\"\n");
        EXPECT_THAT(error_of(read), HasSubstr("Entry 1 (Acme: alice): ")) << text;
    }
}

TEST(PasswordList, SaysWhichLineCannotBeRead) {
    const std::string note(5000, 'x');
    const auto read = read_export(
        "type,name,notes,login_username,login_totp\nlogin,Acme,,alice,JBSWY3DPEHPK3PXP\n"
        "login,Long," +
        note + ",bob,KRSXG5BAKRSXG5BA\nlogin,\"Open,x,,\n");
    ASSERT_TRUE(read);
    // A note that is too long stands before the key, and does no harm to it.
    EXPECT_THAT(read->keys, SizeIs(2));
    EXPECT_THAT(read->passed_over, ElementsAre(HasSubstr("line 4 cannot be read: a quote is opened")));
}

TEST(PasswordList, LeavesListsOfOthersAlone) {
    EXPECT_FALSE(read_password_list("user,secret\nalice,JBSWY3DPEHPK3PXP\n"));
    EXPECT_FALSE(read_password_list("name,url,username,password\nx,y,z,w\n"));
    EXPECT_FALSE(read_password_list("name,vault,username,password\nx,y,z,w\n"));
    EXPECT_FALSE(read_password_list(""));
}

}  // namespace
}  // namespace secondstep::tool
