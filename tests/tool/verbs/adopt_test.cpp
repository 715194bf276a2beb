// A store that was copied from another machine, or moved, or put back from a backup.

#include <gmock/gmock.h>

#include "account/one_time_grant.h"
#include "account/verify.h"
#include "tool_world.h"

namespace secondstep::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Adopt : public ToolWorld {
  protected:
    Adopt() {
        set_id("3d1219c7c4c5404aaa1f6d2a48adfda4");
        write_config("machine_id = " + file("machine-id") + "\n");
        set_up();
        uri_ = enroll("alice")["uri"];
        EXPECT_TRUE(json({"temporary-code", "alice"}).contains("code"));
    }
    void set_id(const std::string& id) { write_file(file("machine-id"), id + "\n"); }
    void copy_to_another_machine() { set_id("00000000000000000000000000000001"); }
    std::string uri_;
};

TEST_F(Adopt, NobodyIsWarnedOnTheMachineItWasMadeOn) {
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("the store was made here"));
    EXPECT_THAT(tool({"status"}).out, Not(HasSubstr("another machine")));
    const Finished done = tool({"adopt", "--moved"});
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, HasSubstr("nothing changed"));
}

TEST_F(Adopt, ACopyIsToldByDoctorAndStatusAndShutsNobodyOut) {
    copy_to_another_machine();
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("made on another machine"));
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("adopt --moved"));
    EXPECT_THAT(tool({"status"}).out, HasSubstr("made on another machine"));
    const Finished as_json = tool({"status", "--json"});
    EXPECT_FALSE(nlohmann::json::parse(as_json.out, nullptr, false).is_discarded()) << as_json.out;
    EXPECT_THAT(as_json.err, HasSubstr("made on another machine"));
    EXPECT_FALSE(account("alice").state.recovery.closed);
}

TEST_F(Adopt, MovedOnlyRecordsTheMachine) {
    copy_to_another_machine();
    const State before = account("alice").state;
    EXPECT_EQ(tool({"adopt", "--moved"}).status, 1) << "nobody said yes";
    EXPECT_EQ(tool({"adopt", "--moved", "--yes"}).status, 0);
    EXPECT_EQ(account("alice").state, before);
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("the store was made here"));
}

TEST_F(Adopt, CopiedMakesVoidWhatMayHaveBeenUsedThere) {
    copy_to_another_machine();
    EXPECT_EQ(json({"adopt", "--copied", "--yes"})["accounts"], 1);
    const Account alice = account("alice");
    EXPECT_TRUE(alice.state.recovery.closed);
    EXPECT_FALSE(alice.state.temporary.given);
    const AuthenticatorUse* const use = find_use(alice.state, alice.credential->authenticators.front().id);
    ASSERT_NE(use, nullptr);
    EXPECT_GE(use->last, otp::time_step(clock_.now(), otp::thirty_seconds()))
        << "what a phone shows now was used";
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("the store was made here"));
}

TEST_F(Adopt, CopiedKeepsRecoveryCodesWhenToldTo) {
    EXPECT_EQ(tool({"adopt", "--copied", "--keep-recovery-codes", "--yes"}).status, 0)
        << "a backup was put back";
    EXPECT_FALSE(account("alice").state.recovery.closed);
    EXPECT_FALSE(account("alice").state.temporary.given);
}

TEST_F(Adopt, ACounterCannotBeRaisedAndIsSaid) {
    enroll("carl", {"--method", "hotp"});
    copy_to_another_machine();
    const Finished done = tool({"adopt", "--copied", "--yes"});
    EXPECT_THAT(done.out, HasSubstr("1 with a counter (hotp): they have to enroll again"));
    EXPECT_TRUE(account("carl").state.uses.front().closed);
}

// Killed between two accounts: the store still says that it was made elsewhere, and the same command goes on.
TEST_F(Adopt, AfterAKillTheSameCommandGoesOn) {
    for (int i = 0; i < 5; ++i)
        enroll("user" + std::to_string(i));
    copy_to_another_machine();
    std::vector<std::string> all{"/usr/bin/strace", "-f", "-o",
                                 file("trace"),     "-e", "inject=fdatasync:signal=KILL:when=3"};
    const std::vector<std::string> rest = words({"adopt", "--copied", "--yes"});
    all.insert(all.end(), rest.begin(), rest.end());
    const Finished killed = run_program(all, "");
    if (killed.err.find("ptrace") != std::string::npos) GTEST_SKIP() << killed.err;
    EXPECT_NE(killed.status, 0);
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("made on another machine"));
    EXPECT_EQ(json({"adopt", "--copied", "--yes"})["accounts"], 6);
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(account("user" + std::to_string(i)).state.recovery.closed) << i;
}

TEST_F(Adopt, OneAndOnlyOneOfTheTwoIsChosen) {
    EXPECT_EQ(tool({"adopt"}).status, 2);
    EXPECT_EQ(tool({"adopt", "--moved", "--copied"}).status, 2);
    EXPECT_EQ(tool({"adopt", "--moved", "--keep-recovery-codes"}).status, 2);
}

TEST_F(Adopt, AMachineWithoutAnIdIsAWarningOnly) {
    set_id("");
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("a copy of the store would not be noticed"));
    EXPECT_EQ(json({"doctor"})["errors"], 0);
    EXPECT_EQ(tool({"adopt", "--moved", "--yes"}).status, 1);
    EXPECT_EQ(tool({"adopt", "--copied", "--yes"}).status, 0);
    EXPECT_TRUE(account("alice").state.recovery.closed);
}

}  // namespace
}  // namespace secondstep::testing
