#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "base/text.h"
#include "encoding/base32.h"
#include "otp/recovery_codes.h"
#include "tool_world.h"

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace secondstep::testing {

namespace {

class Enroll : public ToolWorld {
  protected:
    Enroll() { set_up(); }

    // Begins `enroll me` and reads the key it shows.
    std::string shown_key(ChildProcess& child) {
        EXPECT_TRUE(child.wait_for("'s app: ")) << child.out();
        return after(child.out(), "Key: ");
    }
    bool nothing_is_stored() {
        const Account present = account(me());
        return !present.credential && !present.state.enrolled;
    }
    std::size_t files_in_directory() {
        const std::filesystem::directory_iterator all(directory_.path());
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }
};

TEST_F(Enroll, StoresAfterARightCodeAndNotBefore) {
    write_config(ten_codes);
    ChildProcess child(words({"enroll", me()}), ChildProcess::Kind::pipes);
    const std::string key = shown_key(child);
    EXPECT_TRUE(nothing_is_stored());
    child.send(code_of_key(key) + "\n");
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, StartsWith(me() + " ("));
    EXPECT_THAT(done.out, ContainsRegex("uid [0-9]+\\) on [^,]+, method totp\n"));
    EXPECT_THAT(done.out, HasSubstr("\nCode in " + me() + "'s app: "));
    EXPECT_THAT(done.out, HasSubstr("Code successfully verified. 2FA method is set to TOTP.\n"));
    EXPECT_THAT(done.out, HasSubstr("   1  "));
    EXPECT_THAT(done.out, HasSubstr("  10  "));
    const Account present = account(me());
    ASSERT_TRUE(present.credential.has_value());
    EXPECT_EQ(present.credential->uid, ::geteuid());
    EXPECT_TRUE(present.credential->authenticators.at(0).has_floor);
    EXPECT_EQ(recovery_codes_left(*present.credential, present.state), 10U);
}

TEST_F(Enroll, RefusesAWrongCodeThreeTimesAndStoresNothing) {
    ChildProcess child(words({"enroll", me(), "--qr", "none"}), ChildProcess::Kind::pipes);
    const std::string key = shown_key(child);
    // Of a day ago: no clock is that far off.
    const std::string wrong = code_of_key(key, std::chrono::hours(-30));
    child.send(wrong + "\nnonsense\n" + wrong + "\n" + code_of_key(key) + "\n");
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("Not accepted. If the app shows another code now, enter that"));
    EXPECT_THAT(done.out, HasSubstr("That is not a code"));
    EXPECT_THAT(done.err, StartsWith("secondstep: not stored: "));
    EXPECT_TRUE(nothing_is_stored());
}

TEST_F(Enroll, SaysByHowMuchTheClockIsOffAndAsksAgain) {
    ChildProcess child(words({"enroll", me(), "--qr", "none"}), ChildProcess::Kind::pipes);
    const std::string key = shown_key(child);
    child.send(code_of_key(key, std::chrono::minutes(-4)) + "\n");
    ASSERT_TRUE(
        child.wait_for("Not stored: that phone's clock is 4 minutes slow. Set it to automatic time.\n"));
    ASSERT_TRUE(child.wait_for("'s app: "));
    EXPECT_TRUE(nothing_is_stored());
    child.send(code_of_key(key, std::chrono::minutes(7)) + "\n");
    ASSERT_TRUE(child.wait_for("that phone's clock is 7 minutes fast."));
    ASSERT_TRUE(child.wait_for("'s app: "));
    child.send(code_of_key(key) + "\n");
    EXPECT_EQ(child.finish().status, 0);
    EXPECT_FALSE(nothing_is_stored());
}

TEST_F(Enroll, RefusesAtTheEndOfInput) {
    const Finished done = tool({"enroll", me()});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("--no-confirm"));
    EXPECT_TRUE(nothing_is_stored());
}

TEST_F(Enroll, RefusesASecondTimeUnlessToldTo) {
    const auto first = enroll(me());
    const Finished again = tool({"enroll", me(), "--no-confirm"});
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.err, HasSubstr("is enrolled already"));
    EXPECT_THAT(again.err, HasSubstr("--replace"));
    const auto missing = enroll(me(), {"--if-missing"});
    EXPECT_EQ(missing["changed"], false);
    EXPECT_EQ(hex(account(me()).credential->authenticators.at(0).key.bytes()),
              hex(otp::parse_otpauth_uri(first["uri"].get<std::string>())->key.key.bytes()));
    const auto second = enroll(me(), {"--replace"});
    EXPECT_EQ(second["changed"], true);
    EXPECT_NE(second["key"], first["key"]);
    EXPECT_EQ(second["label"], me() + "-2");
    EXPECT_EQ(enroll(me(), {"--replace"})["label"], me() + "-3");
    EXPECT_EQ(account(me()).credential->authenticators.size(), 1U);
}

TEST_F(Enroll, RevivesNoLabelAfterDisable) {
    EXPECT_EQ(enroll(me())["label"], me());
    ASSERT_EQ(tool({"disable", me(), "--yes"}).status, 0);
    EXPECT_EQ(enroll(me())["label"], me() + "-2");
}

TEST_F(Enroll, GivesScriptsTheKeyTheUriAndTheCodes) {
    write_config(ten_codes);
    const auto made = enroll(me());
    EXPECT_EQ(made["user"], me());
    EXPECT_EQ(made["method"], "totp");
    EXPECT_EQ(made["confirmed"], false);
    ASSERT_EQ(made["recovery_codes"].size(), 10U);
    for (const auto& code : made["recovery_codes"]) {
        EXPECT_TRUE(otp::normalize_recovery_code(code.get<std::string>()).has_value());
    }
    EXPECT_EQ(made["uri"],
              "otpauth://totp/web01:" + me() + "?secret=" + made["key"].get<std::string>() + "&issuer=web01");
    EXPECT_FALSE(account(me()).credential->authenticators.at(0).has_floor);
}

TEST_F(Enroll, KeepsSecretsOutOfStderrInScripts) {
    const Finished done = tool({"enroll", me(), "--no-confirm", "--json"});
    ASSERT_EQ(done.status, 0);
    const auto made = nlohmann::json::parse(done.out);
    EXPECT_THAT(done.err, Not(HasSubstr("Key:")));
    EXPECT_THAT(done.err, Not(HasSubstr(made["key"].get<std::string>().substr(0, 4))));
}

TEST_F(Enroll, TakesEveryOption) {
    const auto made = enroll(me(), {"--digits", "8", "--period", "60", "--algorithm", "sha256", "--issuer",
                                    "Corp", "--label", "al", "--name", "tablet"});
    EXPECT_THAT(made["uri"].get<std::string>(), StartsWith("otpauth://totp/Corp:al?secret="));
    const Authenticator device = account(me()).credential->authenticators.at(0).clone();
    EXPECT_EQ(device.digits.value(), 8U);
    EXPECT_EQ(device.period.value(), std::chrono::seconds(60));
    EXPECT_EQ(device.algorithm, otp::Algorithm::sha256);
    EXPECT_EQ(device.name, "tablet");
}

TEST_F(Enroll, WarnsOfValuesThatAppsIgnore) {
    const Finished done = tool({"enroll", me(), "--no-confirm", "--digits", "8", "--qr", "none"});
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, HasSubstr("Warning: some apps ignore"));
}

TEST_F(Enroll, ConfirmsACounterBasedDevice) {
    ChildProcess child(words({"enroll", me(), "--method", "hotp", "--counter", "5", "--qr", "none"}),
                       ChildProcess::Kind::pipes);
    const std::string key = shown_key(child);
    const auto code = otp::hotp(*otp::base32_decode(key), 5, otp::six_digits(), otp::Algorithm::sha1);
    child.send(std::string(code->text()) + "\n");
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("Code successfully verified. 2FA method is set to HOTP.\n"));
    EXPECT_EQ(account(me()).credential->authenticators.at(0).floor, 5U);
}

TEST_F(Enroll, RefusesAnUnknownUserUnlessHeIsAPortals) {
    const Finished unknown = tool({"enroll", "nobody.by.this.name", "--no-confirm"});
    EXPECT_EQ(unknown.status, 3);
    EXPECT_THAT(unknown.err, HasSubstr("--portal-user"));
    EXPECT_FALSE(enroll("nobody.by.this.name").empty());
    EXPECT_FALSE(account("nobody.by.this.name").credential->uid.has_value());
}

TEST_F(Enroll, NoticesThatSomebodyElseWasFaster) {
    ChildProcess child(words({"enroll", me(), "--qr", "none"}), ChildProcess::Kind::pipes);
    const std::string key = shown_key(child);
    const auto winner = enroll(me());
    child.send(code_of_key(key) + "\n");
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("enrolled by somebody else meanwhile"));
    EXPECT_EQ(hex(account(me()).credential->authenticators.at(0).key.bytes()),
              hex(otp::base32_decode(winner["key"].get<std::string>())->bytes()));
}

TEST_F(Enroll, WaitsForALoginThatHoldsTheRecord) {
    enroll(me());
    const auto opened = store();
    auto held = opened->begin(RecordName::of(*AccountName::create(me())));
    ASSERT_TRUE(held.has_value());
    ChildProcess child(words({"enroll", me(), "--no-confirm", "--replace", "--qr", "none"}),
                       ChildProcess::Kind::pipes);
    ASSERT_TRUE(child.wait_for("Key: "));
    held->reset();
    EXPECT_EQ(child.finish().status, 0);
}

TEST_F(Enroll, GivesUpOnARecordThatStaysHeld) {
    enroll(me());
    const auto opened = store();
    const auto held = opened->begin(RecordName::of(*AccountName::create(me())));
    ASSERT_TRUE(held.has_value());
    const Finished done = tool({"unlock", me()});
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err, HasSubstr("try again"));
}

TEST_F(Enroll, MendsADamagedRecordOnlyWhenToldTo) {
    enroll(me());
    write_file(file("store/users/" + RecordName::of(*AccountName::create(me())).stem() + ".credential"),
               "garbage");
    const Finished refused = tool({"enroll", me(), "--no-confirm"});
    EXPECT_EQ(refused.status, 4);
    EXPECT_THAT(refused.err, HasSubstr("--replace"));
    EXPECT_EQ(enroll(me(), {"--replace"})["changed"], true);
    EXPECT_TRUE(account(me()).credential.has_value());
}

TEST_F(Enroll, SavesTheCodesForTheCallerAlone) {
    write_config(ten_codes);
    const auto made = enroll(me(), {"--save", file("codes.txt")});
    EXPECT_EQ(mode_of(file("codes.txt")), 0600U);
    const std::string form = content_of(file("codes.txt"));
    EXPECT_THAT(form, HasSubstr("Account   " + me() + "\n"));
    EXPECT_THAT(form, HasSubstr("[ ]   1  " + made["recovery_codes"][0].get<std::string>()));
    EXPECT_THAT(form, HasSubstr("[ ]  10  " + made["recovery_codes"][9].get<std::string>()));
    const Finished shown =
        tool({"enroll", me(), "--replace", "--no-confirm", "--qr", "none", "--save", file("new.txt")});
    EXPECT_THAT(shown.out, HasSubstr("The recovery codes are in " + file("new.txt")));
    EXPECT_THAT(shown.out, Not(HasSubstr("   1  ")));
}

TEST_F(Enroll, NeverWritesOverAFile) {
    write_file(file("codes.txt"), "precious");
    std::filesystem::create_symlink(file("nowhere"), file("link.txt"));
    for (const std::string name : {"codes.txt", "link.txt"}) {
        const Finished done = tool({"enroll", me(), "--no-confirm", "--save", file(name)});
        EXPECT_EQ(done.status, 1);
        EXPECT_THAT(done.err, HasSubstr("is there already"));
    }
    EXPECT_EQ(tool({"enroll", me(), "--no-confirm", "--qr", "png:" + file("codes.txt")}).status, 1);
    EXPECT_EQ(content_of(file("codes.txt")), "precious");
    EXPECT_FALSE(std::filesystem::exists(file("nowhere")));
    EXPECT_TRUE(nothing_is_stored());
}

TEST_F(Enroll, StoresNothingWhenTheCodesCannotBeSaved) {
    const Finished done = tool({"enroll", me(), "--no-confirm", "--save", file("no/such/folder/codes.txt")});
    EXPECT_NE(done.status, 0);
    EXPECT_TRUE(nothing_is_stored());
}

TEST_F(Enroll, LeavesNothingBehindAfterCtrlC) {
    const std::size_t files = files_in_directory();
    ChildProcess child(words({"enroll", me(), "--save", file("codes.txt"), "--qr", "png:" + file("qr.png")}),
                       ChildProcess::Kind::terminal);
    ASSERT_TRUE(child.wait_for("'s app: "));
    EXPECT_TRUE(std::filesystem::exists(file("qr.png")))
        << "it has to be scanned before the code can be entered";
    child.send("\x03");
    const Finished done = child.finish();
    EXPECT_EQ(done.signal, SIGINT);
    EXPECT_TRUE(nothing_is_stored());
    EXPECT_EQ(files_in_directory(), files);
}

TEST_F(Enroll, LeavesNothingBehindWhenOnlyTheParentIsTold) {
    const std::size_t files = files_in_directory();
    ChildProcess child(words({"enroll", me(), "--qr", "svg:" + file("qr.svg")}), ChildProcess::Kind::pipes);
    ASSERT_TRUE(child.wait_for("'s app: "));
    ::kill(child.pid(), SIGTERM);
    EXPECT_EQ(child.finish(ChildProcess::Input::open).signal, SIGTERM);
    EXPECT_TRUE(nothing_is_stored());
    EXPECT_EQ(files_in_directory(), files);
}

// A closed pipe right after the commit: the account is whole, and the codes are not lost silently.
TEST_F(Enroll, SaysThatCodesCouldNotBeShown) {
    const Finished done =
        run_program({"/bin/sh", "-c", "exec \"$@\" > /dev/full", "sh", SECONDSTEP_TOOL, "--config",
                     file("secondstep.conf"), "enroll", me(), "--no-confirm", "--qr", "none"});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.err, HasSubstr("could not be written"));
    EXPECT_TRUE(nothing_is_stored());
}

TEST_F(Enroll, RefusesOptionsThatContradict) {
    const std::vector<std::vector<std::string>> wrong{{"--period", "60", "--method", "hotp"},
                                                      {"--counter", "1"},
                                                      {"--digits", "9"},
                                                      {"--digits", "six"},
                                                      {"--period", "5"},
                                                      {"--method", "mail"},
                                                      {"--method", "rsa"},
                                                      {"--algorithm", "md5"},
                                                      {"--replace", "--if-missing"},
                                                      {"--qr", "png:"},
                                                      {"--qr", "jpeg:x"},
                                                      {"--name", ""},
                                                      {"--name", std::string(65, 'x')},
                                                      {"--output", "x"},
                                                      {"--issuer", "a:b"},
                                                      {"--label", "a\nb"},
                                                      {"--unknown"},
                                                      {"--no-conf"},
                                                      {"another-user"},
                                                      {"--digits", "6", "--digits", "6"},
                                                      {"--digits", "4294967302"},
                                                      {"--period", "18446744073709551616"}};
    for (const auto& options : wrong) {
        std::vector<std::string> arguments{"enroll", me(), "--no-confirm"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        const Finished done = tool(arguments);
        EXPECT_EQ(done.status, 2) << ::testing::PrintToString(options) << done.err;
        EXPECT_THAT(done.err, StartsWith("secondstep: "));
    }
    EXPECT_TRUE(nothing_is_stored());
}

}  // namespace

}  // namespace secondstep::testing
