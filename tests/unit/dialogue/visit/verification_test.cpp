// The store at its worst. What is never true: "accepted" without a write that happened.

#include "dialogue/visit/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "dialogue/make_dialogue.h"
#include "unit/dialogue/login_world.h"

namespace secondstep {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::LoginWorld;
using ::testing::Ne;
using testing::Transcript;

class Verification : public ::testing::Test {
  protected:
    Verification() { world_.add_enrolled("alice", 1000); }

    Transcript login_with_right_code() { return world_.login("alice", {world_.code("alice")}); }
    void expect_unavailable_with(const std::string& reason) {
        EXPECT_EQ(login_with_right_code().verdict, Verdict::unavailable);
        EXPECT_THAT(world_.last_decision().reason, HasSubstr(reason));
        EXPECT_THAT(world_.journal.decisions,
                    Each(Field(&dialogue::Decision::verdict, Ne(Verdict::accepted))));
    }
    static auto position(const std::vector<std::string>& events, const std::string& event) {
        return std::ranges::find(events, event) - events.begin();
    }

    LoginWorld world_;
};

TEST_F(Verification, WritesAndUnlocksBeforeItLogsAndReveals) {
    world_.events.clear();
    ASSERT_EQ(login_with_right_code().verdict, Verdict::accepted);
    EXPECT_EQ(world_.events, (std::vector<std::string>{"read record", "ask", "begin record", "write",
                                                       "unlock", "journal", "end"}));
}

TEST_F(Verification, AWriteThatFailsIsNeverAccepted) {
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    expect_unavailable_with("disk full");
}

TEST_F(Verification, AWriteThatFailsMakesARefusalUnavailableToo) {
    world_.store->write_error = Error{Errc::io, "disk gone"};
    EXPECT_EQ(world_.login("alice", {world_.wrong_code("alice")}).verdict, Verdict::unavailable);
}

TEST_F(Verification, AWriteThatFailsForADecoyIsUnavailableToo) {
    world_.configure("action = require\n");
    world_.store->write_error = Error{Errc::io, "disk gone"};
    EXPECT_EQ(world_.login("mallory", {"123456"}).verdict, Verdict::unavailable);
}

TEST_F(Verification, ALostWriteIsNeverAccepted) {
    world_.store->outcome = WriteOutcome::lost;
    world_.store->writes_happen = false;
    expect_unavailable_with("another login wrote first");
}

TEST_F(Verification, AnUnknownWriteThatDidNotHappenIsNeverAccepted) {
    world_.store->outcome = WriteOutcome::unknown;
    world_.store->writes_happen = false;
    expect_unavailable_with("may not have happened");
}

TEST_F(Verification, AnUnknownWriteThatHappenedIsRecognisedByTheAttempt) {
    world_.store->outcome = WriteOutcome::unknown;
    EXPECT_EQ(login_with_right_code().verdict, Verdict::accepted);
    EXPECT_EQ(world_.last_decision().verdict, Verdict::accepted);
}

TEST_F(Verification, AnUnknownWriteThatCannotBeReadAgainIsUnavailable) {
    world_.store->outcome = WriteOutcome::unknown;
    world_.store->reread_error = Error{Errc::io, "gone"};
    expect_unavailable_with("may not have happened");
}

TEST_F(Verification, ARefusalOfWhichNothingIsEverKnownIsUnavailable) {
    world_.store->outcome = WriteOutcome::unknown;
    EXPECT_EQ(world_.login("alice", {world_.wrong_code("alice")}).verdict, Verdict::unavailable);
}

// A caller chooses the attempt id: zeros are what a fresh state holds, and any program of one's own uid can
// say another one's.
TEST_F(Verification, AnAttemptIdProvesNothing) {
    world_.store->outcome = WriteOutcome::unknown;
    world_.store->writes_happen = false;
    dialogue::Request request = world_.request("alice");
    request.attempt = {};
    EXPECT_EQ(world_.login(request, {world_.code("alice")}).verdict, Verdict::unavailable);
    request = world_.request("alice");
    world_.store->record("alice").state.last_accepted = request.attempt;
    EXPECT_EQ(world_.login(request, {world_.code("alice")}).verdict, Verdict::unavailable);
}

// Each answer that is accepted leaves an id of its own, whoever asks: it names what was shown last.
TEST_F(Verification, EveryAcceptedAnswerLeavesAnIdOfItsOwn) {
    ASSERT_EQ(login_with_right_code().verdict, Verdict::accepted);
    const AttemptId first = world_.store->record("alice").state.last_accepted;
    world_.pass(std::chrono::seconds{30});
    ASSERT_EQ(login_with_right_code().verdict, Verdict::accepted);
    EXPECT_NE(world_.store->record("alice").state.last_accepted, first);
    EXPECT_NE(first, world_.request("alice").attempt);
    EXPECT_NE(first, AttemptId{});
}

TEST_F(Verification, WaitsForALockWithoutBlocking) {
    world_.store->busy = 6;
    const Transcript login = login_with_right_code();
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_EQ(login.steps, (std::vector<std::string>{"lookup", "ask: Verification code: 0", "wait 5",
                                                     "wait 10", "wait 15", "wait 20", "wait 20", "wait 20"}));
}

TEST_F(Verification, GivesALockUpAfterThreeSeconds) {
    world_.store->busy = 100000;
    const auto before = world_.steady;
    EXPECT_EQ(login_with_right_code().verdict, Verdict::unavailable);
    const auto waited = world_.steady - before;
    EXPECT_LE(waited, std::chrono::seconds{3});
    EXPECT_GT(waited, std::chrono::milliseconds{2900});
    EXPECT_THAT(world_.last_decision().reason, HasSubstr("locked"));
}

TEST_F(Verification, ARecordThatIsBeingWrittenIsReadAgain) {
    world_.store->busy_reads = 3;
    const Transcript login = login_with_right_code();
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_EQ(login.steps.at(1), "wait 5");
    world_.store->busy_reads = 100000;
    EXPECT_EQ(world_.login("alice", {}).verdict, Verdict::unavailable);
}

TEST_F(Verification, ARecordThatIsBeingWrittenIsReadAgainForARecoveryCode) {
    const auto dialogue = dialogue::make_dialogue(world_.ports(), world_.request("alice"));
    dialogue::Step step = dialogue->begin();
    std::get<dialogue::Work>(step).job();
    static_cast<void>(dialogue->resume(dialogue::Resumption::done));
    world_.store->busy_reads = 1;
    step = dialogue->answer(Secret::copy_of(world_.recovery_codes["alice"].front()));
    ASSERT_TRUE(std::holds_alternative<dialogue::Wait>(step));
    step = dialogue->resume(dialogue::Resumption::done);
    EXPECT_TRUE(std::holds_alternative<dialogue::Work>(step));
}

class StoreError : public ::testing::TestWithParam<Errc> {};

TEST_P(StoreError, IsUnavailableForEverybodyWhoIsNotCertainlyExempt) {
    LoginWorld world;
    world.add_enrolled("alice", 1000);
    world.add_person("bob", 1001);
    world.store->read_error = Error{GetParam(), "what is wrong"};
    EXPECT_EQ(world.login("alice", {}).verdict, Verdict::unavailable);
    EXPECT_EQ(world.last_decision().reason, "what is wrong");
    EXPECT_EQ(world.login("bob", {}).verdict, Verdict::unavailable);
    world.store->read_error.reset();
    world.store->begin_error = Error{GetParam(), "what is wrong"};
    const Verdict verdict = world.login("alice", {world.code("alice")}).verdict;
    EXPECT_EQ(verdict, Verdict::unavailable);
}

INSTANTIATE_TEST_SUITE_P(Verification, StoreError,
                         ::testing::Values(Errc::damaged, Errc::unsupported, Errc::untrusted, Errc::io,
                                           Errc::not_found, Errc::read_only, Errc::timed_out,
                                           Errc::unreachable));

TEST_F(Verification, DamageIsReportedOnceWithWhatToDo) {
    world_.store->record("alice").damaged = true;
    static_cast<void>(
        world_.login("alice", {world_.wrong_code("alice"), world_.wrong_code("alice"), testing::no_answer}));
    ASSERT_EQ(world_.journal.warnings.size(), 1U) << "the first write healed it";
    EXPECT_THAT(world_.journal.warnings.front(), AllOf(HasSubstr("alice"), HasSubstr("wait about a minute"),
                                                       HasSubstr("secondstep recovery-codes --renew alice")));
}

}  // namespace
}  // namespace secondstep
