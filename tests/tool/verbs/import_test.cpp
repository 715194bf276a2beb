#include <gmock/gmock.h>

#include <filesystem>

#include "encoding/base32.h"
#include "verbs/import_world.h"

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

constexpr char key[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
constexpr char hex_key[] = "3132333435363738393031323334353637383930";

class Import : public ImportWorld {
  protected:
    bool is_enrolled(const std::string& user) { return account(user).credential.has_value(); }
    std::string google_file() {
        return source("google",
                      std::string(key) +
                          "\n\" RATE_LIMIT 3 30\n\" WINDOW_SIZE 17\n\" DISALLOW_REUSE\n\" TOTP_AUTH\n"
                          "12345678\n87654321\n");
    }
};

TEST_F(Import, DryRunSaysWhatWouldHappenAndChangesNothing) {
    const Finished dry = import({"google-authenticator", google_file(), "--user", me(), "--dry-run"});
    EXPECT_EQ(dry.status, 0) << dry.err;
    EXPECT_THAT(dry.out, HasSubstr(me() + ": would be imported: totp, 1 device, 2 scratch codes"));
    EXPECT_THAT(dry.out, HasSubstr("Nothing was changed"));
    EXPECT_THAT(dry.out, HasSubstr("window = 8")) << "what cannot be carried over";
    EXPECT_FALSE(is_enrolled(me()));
}

TEST_F(Import, CanBeRepeatedAndLeavesTheSourceAlone) {
    const std::string before = content_of(google_file());
    const Finished first = import({"google-authenticator", file("google"), "--user", me()});
    EXPECT_EQ(first.status, 0) << first.err;
    EXPECT_THAT(first.out, HasSubstr("1 imported"));
    EXPECT_EQ(content_of(file("google")), before);
    EXPECT_EQ(mode_of(file("google")), mode_t{0600});
    const Credential imported = account(me()).credential->clone();
    const Finished second = import({"google-authenticator", file("google"), "--user", me()});
    EXPECT_EQ(second.status, 0);
    EXPECT_THAT(second.out, HasSubstr("1 unchanged"));
    EXPECT_EQ(encode(*account(me()).credential).text(), encode(imported).text());
}

TEST_F(Import, WhoIsEnrolledOtherwiseKeepsWhatHeHas) {
    enroll(me());
    const Credential before = account(me()).credential->clone();
    const Finished done = import({"google-authenticator", google_file(), "--user", me()});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("enrolled under this name already"));
    EXPECT_EQ(encode(*account(me()).credential).text(), encode(before).text());
}

TEST_F(Import, BringsKeyKindAndScratchCodesOver) {
    import({"google-authenticator", google_file(), "--user", me()});
    const Credential credential = account(me()).credential->clone();
    EXPECT_EQ(credential.method, Method::totp);
    ASSERT_EQ(credential.authenticators.size(), 1U);
    EXPECT_EQ(otp::base32_encode(credential.authenticators[0].key.bytes()).text(), key);
    ASSERT_TRUE(credential.recovery);
    EXPECT_EQ(credential.recovery->form, otp::RecoveryCodeForm::scratch_code);
    EXPECT_EQ(credential.recovery->digests.size(), 2U);
}

TEST_F(Import, ALinkInAHomeIsNotFollowed) {
    std::filesystem::create_symlink(google_file(), file("link"));
    const Finished done = import({"google-authenticator", file("link"), "--user", me()});
    EXPECT_NE(done.status, 0);
    EXPECT_THAT(done.err, HasSubstr("symbolic link"));
    EXPECT_FALSE(is_enrolled(me()));
}

TEST_F(Import, OneBrokenLineOfAUsersFileIsNamedAndAllOthersAreTaken) {
    const std::string users = source(
        "users.oath", "HOTP/T30/6 " + me() + " - " + hex_key + "\nHOTP daemon - nothex\n" + "HOTP bin - 41" +
                          hex_key + " 5\nHOTP no-such-user-here - 42" + hex_key + "\n");
    const Finished done = import({"oath", users});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("users.oath:2: not imported"));
    EXPECT_THAT(done.out, HasSubstr("not imported: this machine has no such user"));
    EXPECT_THAT(done.out, HasSubstr("2 imported, 0 unchanged, 2 not imported."));
    EXPECT_THAT(done.out + done.err, Not(HasSubstr(hex_key)));
    EXPECT_EQ(account(me()).credential->method, Method::totp);
    EXPECT_EQ(account("bin").credential->method, Method::hotp);
    EXPECT_FALSE(is_enrolled("daemon"));
}

TEST_F(Import, PortalsUsersNeedNotBeInPasswd) {
    const std::string users = source("users.oath", std::string("HOTP maria@portal - ") + hex_key + "\n");
    EXPECT_EQ(import({"oath", users}).status, 1);
    EXPECT_EQ(import({"oath", users, "--portal-user"}).status, 0);
    EXPECT_FALSE(account("maria@portal").credential->uid);
}

TEST_F(Import, CsvAndUrisAreRead) {
    const std::string csv =
        source("tokens.csv", "user,secret,type,counter\n" + me() + "," + key + ",hotp,7\n");
    EXPECT_EQ(import({"csv", csv}).status, 0);
    EXPECT_EQ(account(me()).credential->authenticators[0].floor, 6U);
    const std::string uris =
        source("uris", std::string("# staff\notpauth://totp/web01:bin?secret=") + key + "\n");
    EXPECT_EQ(import({"otpauth", uris}).status, 0);
    EXPECT_TRUE(is_enrolled("bin"));
}

TEST_F(Import, ACounterThatTheOldSystemMovedOnMovesOnHereToo) {
    const auto counted = [&](const std::string& next) {
        return source("tokens.csv", "user,secret,type,counter\n" + me() + "," + key + ",hotp," + next + "\n");
    };
    EXPECT_EQ(import({"csv", counted("5")}).status, 0);
    EXPECT_EQ(import({"csv", counted("9"), "--dry-run"}).status, 0);
    EXPECT_FALSE(account(me()).state.uses.back().used && account(me()).state.uses.back().last >= 8U)
        << "a dry run";
    EXPECT_THAT(
        import({"csv", counted("9"), "--dry-run"}).out,
        AllOf(HasSubstr("would be moved on: the same key is there already, and its counter moves on to 9"),
              HasSubstr("0 unchanged, 1 would be moved on, 0 would not")));
    const Finished again = import({"csv", counted("9"), "--json"});
    const auto line = nlohmann::json::parse(lines_of(again.out).at(0));
    EXPECT_EQ(line["outcome"], "moved_on");
    EXPECT_EQ(line["changed"], true);
    EXPECT_THAT(line["detail"].get<std::string>(), HasSubstr("its counter moved on to 9"));
    EXPECT_EQ(account(me()).state.uses.back().last, 8U);
    EXPECT_EQ(import({"csv", counted("7")}).status, 0);
    EXPECT_EQ(account(me()).state.uses.back().last, 8U) << "never back";
}

// Behind such a counter every code that the device shows is refused.
TEST_F(Import, ACounterFarAheadIsTakenOnPurposeOnly) {
    const auto counted = [&](const std::string& next) {
        return source("tokens.csv", "user,secret,type,counter\n" + me() + "," + key + ",hotp," + next + "\n");
    };
    EXPECT_EQ(import({"csv", counted("5")}).status, 0);
    const State before = account(me()).state;
    for (const std::string next : {"106", "500", "5000000000", "18446744073709551615"}) {
        for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--dry-run"}, {"--add"}}) {
            std::vector<std::string> call{"csv", counted(next)};
            call.insert(call.end(), more.begin(), more.end());
            const Finished done = import(call);
            EXPECT_EQ(done.status, 1) << next << done.out;
            EXPECT_THAT(done.out, AllOf(HasSubstr("ahead of the one here"), HasSubstr("--replace"))) << next;
        }
    }
    EXPECT_EQ(account(me()).state, before);
    EXPECT_EQ(import({"csv", counted("105")}).status, 0) << "two codes in a row find it from there";
    EXPECT_EQ(import({"csv", counted("500"), "--replace"}).status, 0);
    EXPECT_EQ(account(me()).state.uses.back().last, 499U);
}

TEST_F(Import, OneTokenCanBeGivenToSomebodyElse) {
    const std::string uris =
        source("uris", std::string("otpauth://totp/Shop:someone%40else?secret=") + key + "\n");
    EXPECT_EQ(import({"otpauth", uris, "--user", "bin"}).status, 0);
    EXPECT_TRUE(is_enrolled("bin"));
}

TEST_F(Import, PskcAsksForWhatOpensIt) {
    const std::string pskc = source(
        "keys.pskc",
        "<?xml version=\"1.0\"?>\n<KeyContainer Version=\"1.0\" "
        "xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\">"
        "<KeyPackage><Key Id=\"1\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:hotp\">"
        "<AlgorithmParameters><ResponseFormat Length=\"8\" Encoding=\"DECIMAL\"/></AlgorithmParameters>"
        "<Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>"
        "<Counter><PlainValue>0</PlainValue></Counter></Data><UserId>" +
            me() + "</UserId></Key></KeyPackage></KeyContainer>\n");
    const Finished done = import({"pskc", pskc});
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_EQ(account(me()).credential->authenticators[0].digits.value(), 8U);
    const std::string bomb =
        source("bomb.pskc", "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaa\">]><x>&a;</x>");
    EXPECT_EQ(import({"pskc", bomb}).status, 1);
}

TEST_F(Import, JsonHasALineForEachAccount) {
    const std::string users =
        source("users.oath", "HOTP " + me() + " - " + hex_key + "\nHOTP bin 1234 " + hex_key + "\n");
    const Finished done = import({"oath", users, "--json"});
    const auto lines = lines_of(done.out);
    ASSERT_EQ(lines.size(), 2U);
    const auto first = nlohmann::json::parse(lines[0]);
    EXPECT_EQ(first["user"], me());
    EXPECT_EQ(first["outcome"], "imported");
    EXPECT_EQ(first["changed"], true);
    const auto second = nlohmann::json::parse(lines[1]);
    EXPECT_EQ(second["outcome"], "not_imported");
    EXPECT_THAT(second["detail"].get<std::string>(), HasSubstr("PIN"));
}

TEST_F(Import, WordsAreChecked) {
    EXPECT_EQ(import({}).status, 2);
    EXPECT_EQ(import({"duo", "x"}).status, 2);
    EXPECT_EQ(import({"oath"}).status, 2);
    EXPECT_EQ(import({"oath", "x", "--all-homes"}).status, 2);
    EXPECT_EQ(import({"google-authenticator", "x"}).status, 2);
    EXPECT_EQ(import({"google-authenticator", "--all-homes", "--user", me()}).status, 2);
    EXPECT_EQ(import({"csv", file("absent")}).status, 4);
}

}  // namespace

}  // namespace secondstep::testing
