#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>

#include "account/verify.h"
#include "base/text.h"
#include "otp/recovery_codes.h"
#include "tool_world.h"

using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

class Changes : public ToolWorld {
  protected:
    Changes() {
        set_up();
        first_ = enroll(me());
    }
    bool is_accepted(const std::string& recovery_code) {
        const Account present = account(me());
        const auto normal = otp::normalize_recovery_code(recovery_code);
        const RecoverySet& set = *present.credential->recovery;
        const auto digest = otp::recovery_digest(*normal, set.pepper.bytes(), set.salt);
        return std::ranges::find(set.digests, *digest) != set.digests.end();
    }
    // What somebody sees who answers a question at a terminal.
    Finished answer(const std::vector<std::string>& arguments, const std::string& typed) {
        ChildProcess child(words(arguments), ChildProcess::Kind::terminal);
        EXPECT_TRUE(child.wait_for("[y/N] ")) << child.out();
        child.send(typed);
        return child.finish();
    }
    nlohmann::json first_;
};

using RecoveryCodes = Changes;
using Disable = Changes;
using Unlock = Changes;

TEST_F(RecoveryCodes, SaysHowManyAreLeft) {
    write_config(ten_codes);
    enroll(me(), {"--replace"});
    change_state(me(), [](State& state) { state.recovery.used = 0b101; });
    EXPECT_EQ(tool({"recovery-codes", me()}).out, me() + " has 8 of 10 recovery codes left.\n");
    const auto left = json({"recovery-codes", me()});
    EXPECT_EQ(left["left"], 8);
    EXPECT_EQ(left["total"], 10);
    EXPECT_EQ(left["changed"], false);
}

TEST_F(RecoveryCodes, AreRenewedWithANewSetAndTheKeyStays) {
    ASSERT_EQ(tool({"re-enroll", me()}).status, 0);
    change_state(me(), [this](State& state) {
        state.recovery.used = 0b1111;
        state.strangers = after_failure(state.strangers, clock_.now());
    });
    const auto renewed = json({"recovery-codes", me(), "--renew", "--yes"});
    EXPECT_EQ(renewed["changed"], true);
    ASSERT_EQ(renewed["recovery_codes"].size(), 4U);
    EXPECT_TRUE(is_accepted(renewed["recovery_codes"][3]));
    EXPECT_FALSE(is_accepted(first_["recovery_codes"][0]));
    const Account present = account(me());
    EXPECT_EQ(recovery_codes_left(*present.credential, present.state), 4U);
    EXPECT_EQ(present.state.strangers.count, 1U);
    EXPECT_TRUE(present.state.enrollment_forced);
    EXPECT_EQ(hex(present.credential->authenticators.at(0).key.bytes()),
              hex(otp::parse_otpauth_uri(first_["uri"].get<std::string>())->key.key.bytes()));
}

TEST_F(RecoveryCodes, AreRenewedOnlyWhenThatIsMeant) {
    EXPECT_EQ(tool({"recovery-codes", me(), "--renew"}, "y\n").status, 1) << "a pipe confirms nothing";
    EXPECT_EQ(answer({"recovery-codes", me(), "--renew"}, "n\n").status, 1);
    EXPECT_TRUE(is_accepted(first_["recovery_codes"][0]));
    const Finished done = answer({"recovery-codes", me(), "--renew"}, "y\n");
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, HasSubstr("   4  "));
    EXPECT_FALSE(is_accepted(first_["recovery_codes"][0]));
}

TEST_F(RecoveryCodes, AreSavedForTheCallerAlone) {
    const Finished done = tool({"recovery-codes", me(), "--renew", "--yes", "--save", file("codes.txt")});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(mode_of(file("codes.txt")), 0600U);
    EXPECT_TRUE(is_accepted(after(content_of(file("codes.txt")), "[ ]   1  ")));
    EXPECT_THAT(done.out, Not(HasSubstr("   1  ")));
    EXPECT_EQ(tool({"recovery-codes", me(), "--renew", "--yes", "--save", file("codes.txt")}).status, 1);
}

TEST_F(RecoveryCodes, LeaveNoFileAfterCtrlC) {
    ChildProcess child(words({"recovery-codes", me(), "--renew", "--save", file("codes.txt")}),
                       ChildProcess::Kind::terminal);
    ASSERT_TRUE(child.wait_for("[y/N] "));
    child.send("\x03");
    EXPECT_EQ(child.finish().signal, SIGINT);
    EXPECT_TRUE(is_accepted(first_["recovery_codes"][0]));
    EXPECT_FALSE(std::filesystem::exists(file("codes.txt")));
}

TEST_F(Disable, DeletesTheSecondStepAndKeepsWhatWasUsed) {
    change_state(me(), [](State& state) {
        state.uses.at(0).used = true;
        state.uses.at(0).last = 7;
    });
    EXPECT_EQ(tool({"disable", me()}).status, 1) << "nobody confirmed";
    EXPECT_EQ(answer({"disable", me()}, "no\n").status, 1);
    EXPECT_TRUE(account(me()).credential.has_value());
    const Finished done = answer({"disable", me()}, "yes\n");
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, HasSubstr("Your 2FA settings have been successfully deleted."));
    const Account present = account(me());
    EXPECT_FALSE(present.credential.has_value());
    EXPECT_FALSE(present.state.enrolled);
    EXPECT_EQ(present.state.uses.at(0).last, 7U);
    EXPECT_EQ(tool({"disable", me(), "--yes"}).status, 6);
}

TEST_F(Disable, DeletesTheAddressAndWhatWasSentThere) {
    enroll(me(), {"--replace", "--method", "mail", "--address", "maria@example.com"});
    change_state(me(), [this](State& state) {
        state.sent.given = true;
        state.sent.until = clock_.now() + std::chrono::minutes(5);
        state.sends = {clock_.now()};
    });
    const Finished done = answer({"disable", me()}, "yes\n");
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, HasSubstr("the address m…@example.com and the recovery codes? [y/N]"));
    EXPECT_THAT(done.out, HasSubstr("Your 2FA settings have been successfully deleted."));
    const Account present = account(me());
    EXPECT_FALSE(present.credential.has_value());
    EXPECT_FALSE(present.state.sent.given);
    EXPECT_EQ(present.state.sends.size(), 1U) << "deleting and enrolling again is no way to more messages";
    EXPECT_FALSE(std::filesystem::exists(file("store/users/" + me() + ".credential")));
    EXPECT_TRUE(json({"status", me()})[0]["address"].is_null());
}

TEST_F(Disable, MendsADamagedRecord) {
    write_file(file("store/users/" + RecordName::of(*AccountName::create(me())).stem() + ".credential"),
               "garbage");
    EXPECT_EQ(tool({"unlock", me()}).status, 4);
    EXPECT_EQ(json({"disable", me(), "--yes"})["changed"], true);
    EXPECT_EQ(tool({"disable", me(), "--yes"}).status, 6);
}

TEST_F(Unlock, ClearsEveryCounter) {
    change_state(me(), [this](State& state) {
        for (int i = 0; i < 7; ++i)
            state.strangers = after_failure(state.strangers, clock_.now());
        state.own_uid = after_failure(state.own_uid, clock_.now());
        state.known.push_back({own_uid_source(), clock_.now(), {closing_failures, clock_.now(), never}});
    });
    EXPECT_EQ(json({"status", me()}).at(0)["state"], "closed");
    const auto cleared = json({"unlock", me()});
    EXPECT_EQ(cleared["failures"], 108);
    EXPECT_EQ(cleared["changed"], true);
    EXPECT_EQ(json({"status", me()}).at(0)["state"], "on");
    EXPECT_EQ(json({"unlock", me()})["changed"], false);
}

TEST_F(Unlock, ClearsTheFailuresOfADayToo) {
    change_state(me(), [this](State& state) {
        state.recent.strangers.assign(max_recent_failures, clock_.now());
        state.recent.own_uid.assign(1, clock_.now());
        state.recent.trusted_callers.assign(1, clock_.now());
        state.recent.known.assign(3, {clock_.now(), 0});
    });
    EXPECT_EQ(json({"unlock", me()})["failures"], 15);
    EXPECT_EQ(account(me()).state.recent, RecentFailures{});
    EXPECT_EQ(json({"unlock", me()})["changed"], false);
}

TEST_F(Unlock, ClearsWrongRegistrationCodesOfSomebodyWhoIsNotEnrolled) {
    EXPECT_EQ(tool({"disable", me(), "--yes"}).status, 0);
    EXPECT_EQ(tool({"unlock", me()}).status, 6);
    change_state(me(), [this](State& state) {
        for (int i = 0; i < 7; ++i)
            state.strangers = after_failure(state.strangers, clock_.now());
    });
    EXPECT_EQ(json({"unlock", me()})["failures"], 7);
    EXPECT_EQ(account(me()).state.strangers.count, 0U);
    EXPECT_EQ(tool({"unlock", me()}).status, 6);
}

}  // namespace

}  // namespace secondstep::testing
