// Logging in with a recovery code.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialogue/conversation/answer_times.h"
#include "dialogue/make_dialogue.h"
#include "dialogue/texts/messages.h"
#include "unit/dialogue/login_world.h"

namespace secondstep {
namespace {

using dialogue::Resumption;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::LoginWorld;
using ::testing::Not;
using ::testing::StartsWith;
using testing::Transcript;

class Recovery : public ::testing::Test {
  protected:
    Recovery() { world_.add_enrolled("alice", 1000); }
    [[nodiscard]] std::string code(std::size_t i) { return world_.recovery_codes["alice"].at(i); }
    LoginWorld world_;
};

TEST_F(Recovery, ACodeLogsInOnceAndSaysHowManyAreLeft) {
    const Transcript login = world_.login("alice", {code(0)});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_THAT(login.steps, ElementsAre("lookup", "ask: Verification code: 0", "scrypt",
                                         "info: " + messages::recovery_code_accepted(2, 3, "")));
    EXPECT_EQ(world_.last_decision().factor, Factor::recovery_code);
    EXPECT_EQ(world_.last_decision().recovery_codes_left, 2U);
    EXPECT_EQ(world_.last_decision().method, Method::totp);
    world_.pass(std::chrono::seconds{2});
    EXPECT_EQ(world_.login("alice", {code(0), testing::no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(world_.login("alice", {code(1)}).verdict, Verdict::accepted);
}

TEST_F(Recovery, CodesOfTheShortFormWorkToo) {
    world_.enroll("alice", 1000, otp::RecoveryCodeForm::short_code);
    EXPECT_EQ(world_.login("alice", {world_.recovery_codes["alice"].at(3)}).verdict, Verdict::accepted);
}

TEST_F(Recovery, IsWrittenAndLoggedBeforeAnythingIsShown) {
    world_.events.clear();
    ASSERT_EQ(world_.login("alice", {code(0)}).verdict, Verdict::accepted);
    EXPECT_THAT(world_.events, ElementsAre("read record", "ask", "read record", "begin record", "write",
                                           "unlock", "journal", "show", "end"));
}

TEST_F(Recovery, AWriteThatFailsIsNeverAccepted) {
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    const Transcript login = world_.login("alice", {code(0)});
    EXPECT_EQ(login.verdict, Verdict::unavailable);
    EXPECT_THAT(login.steps, Not(Contains(StartsWith("info"))));
}

TEST_F(Recovery, CaseSpacesAndLookAlikesDoNotMatter) {
    std::string typed;
    for (const char c : code(0)) {
        if (c == '-')
            typed += ' ';
        else if (c == '0')
            typed += 'o';
        else if (c == '1')
            typed += 'l';
        else
            typed += static_cast<char>(c >= 'A' ? c + 32 : c);
    }
    EXPECT_EQ(world_.login("alice", {typed}).verdict, Verdict::accepted);
}

TEST_F(Recovery, WorksWhileOneTimePasswordsAreThrottled) {
    for (int i = 0; i < 3; ++i)
        static_cast<void>(world_.login("alice", world_.wrong_codes("alice")));
    EXPECT_EQ(world_.login("alice", {world_.code("alice"), testing::no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(world_.login("alice", {code(0)}).verdict, Verdict::accepted);
}

TEST_F(Recovery, WhoeverMustWaitWaitsAndIsNotRefused) {
    auto turn =
        world_.memory.recovery_turns.line_up({*source_of_rhost("192.0.2.9", SourceKind::address), "bob"});
    ASSERT_TRUE(turn->has_come());
    const auto dialogue = dialogue::make_dialogue(world_.ports(), world_.request("alice"));
    dialogue::Step step = dialogue->begin();
    std::get<dialogue::Work>(step).job();
    static_cast<void>(dialogue->resume(Resumption::done));
    step = dialogue->answer(Secret::copy_of(code(0)));
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(std::holds_alternative<dialogue::Wait>(step));
        step = dialogue->resume(Resumption::done);
    }
    turn.reset();
    step = dialogue->resume(Resumption::done);
    ASSERT_TRUE(std::holds_alternative<dialogue::Work>(step));
    std::get<dialogue::Work>(step).job();
    step = dialogue->resume(Resumption::done);
    EXPECT_TRUE(std::holds_alternative<dialogue::Show>(step));
    EXPECT_EQ(world_.last_decision().verdict, Verdict::accepted);
}

// The worker may be writing it this moment.
TEST_F(Recovery, ADigestThatComesTooLateIsNotLookedAt) {
    const auto dialogue = dialogue::make_dialogue(world_.ports(), world_.request("alice"));
    dialogue::Step step = dialogue->begin();
    std::get<dialogue::Work>(step).job();
    static_cast<void>(dialogue->resume(Resumption::done));
    step = dialogue->answer(Secret::copy_of(code(0)));
    std::get<dialogue::Work>(step).job();
    step = dialogue->resume(Resumption::late);
    EXPECT_EQ(std::get<dialogue::End>(step).verdict, Verdict::unavailable);
    EXPECT_EQ(world_.last_decision().reason, "the digest of a recovery code took too long");
    EXPECT_EQ(world_.store->record("alice").state.recovery.used, 0U);
}

TEST_F(Recovery, ATurnThatNeverComesIsWaitedForAsLongAsItMayAndSaid) {
    const auto turn =
        world_.memory.recovery_turns.line_up({*source_of_rhost("192.0.2.9", SourceKind::address), "bob"});
    const auto before = world_.steady;
    const Transcript login = world_.login("alice", {code(0)});
    EXPECT_EQ(login.verdict, Verdict::unavailable);
    EXPECT_THAT(login.steps, Not(Contains("scrypt")));
    EXPECT_GT(world_.steady - before, dialogue::answer_times::of_waiting - std::chrono::seconds{1});
    EXPECT_LE(world_.steady - before, dialogue::answer_times::of_waiting);
    EXPECT_EQ(world_.last_decision().reason, "too many recovery codes at once");
}

TEST_F(Recovery, TheTurnAndTheLockTogetherAreWaitedForNoLonger) {
    world_.store->busy = 100'000;
    auto turn =
        world_.memory.recovery_turns.line_up({*source_of_rhost("192.0.2.9", SourceKind::address), "bob"});
    dialogue::Ports ports = world_.ports();
    const auto before = world_.steady;
    const auto dialogue = dialogue::make_dialogue(std::move(ports), world_.request("alice"));
    dialogue::Step step = dialogue->begin();
    std::get<dialogue::Work>(step).job();
    static_cast<void>(dialogue->resume(Resumption::done));
    step = dialogue->answer(Secret::copy_of(code(0)));
    while (!std::holds_alternative<dialogue::End>(step)) {
        if (const auto* wait = std::get_if<dialogue::Wait>(&step)) world_.pass(wait->time);
        if (const auto* work = std::get_if<dialogue::Work>(&step)) work->job();
        if (world_.steady - before > std::chrono::seconds{5}) turn.reset();
        step = dialogue->resume(Resumption::done);
    }
    EXPECT_EQ(std::get<dialogue::End>(step).verdict, Verdict::unavailable);
    EXPECT_LE(world_.steady - before, dialogue::answer_times::of_waiting);
}

TEST_F(Recovery, TooMuchWorkIsUnavailable) {
    world_.scrypt_ends = Resumption::overloaded;
    EXPECT_EQ(world_.login("alice", {code(0)}).verdict, Verdict::unavailable);
    world_.pass(std::chrono::seconds{2});
    world_.scrypt_ends = Resumption::late;
    EXPECT_EQ(world_.login("alice", {code(0)}).verdict, Verdict::unavailable);
    EXPECT_THAT(world_.events, Not(Contains("begin record")));
}

TEST_F(Recovery, ADigestThatComesTooLateTouchesNothingThatIsGone) {
    std::function<void()> job;
    {
        const auto dialogue = dialogue::make_dialogue(world_.ports(), world_.request("alice"));
        dialogue::Step step = dialogue->begin();
        std::get<dialogue::Work>(step).job();
        static_cast<void>(dialogue->resume(Resumption::done));
        step = dialogue->answer(Secret::copy_of(code(0)));
        job = std::move(std::get<dialogue::Work>(step).job);
        EXPECT_TRUE(std::holds_alternative<dialogue::End>(dialogue->resume(Resumption::late)));
    }
    job();
    EXPECT_THAT(world_.events, Not(Contains("begin record")));
}

TEST_F(Recovery, ASetThatChangedWhileTheDigestWasComputedIsNotJudged) {
    const auto dialogue = dialogue::make_dialogue(world_.ports(), world_.request("alice"));
    dialogue::Step step = dialogue->begin();
    std::get<dialogue::Work>(step).job();
    static_cast<void>(dialogue->resume(Resumption::done));
    step = dialogue->answer(Secret::copy_of(code(0)));
    std::get<dialogue::Work>(step).job();
    world_.store->record("alice").credential->recovery->id[0] ^= 1;
    step = dialogue->resume(Resumption::done);
    EXPECT_TRUE(std::holds_alternative<dialogue::Show>(step));
    EXPECT_EQ(world_.last_decision().reason, "stale");
}

TEST_F(Recovery, ADecoyWithoutRecoveryCodesIsUnavailableAndNotAGap) {
    world_.configure("action = require\n");
    const auto number = world_.keyring->decoy_number("mallory");
    ASSERT_TRUE(number);
    world_.store->record(RecordName::decoy(*number)).credential->recovery.reset();
    EXPECT_EQ(world_.login("mallory", {code(0)}).verdict, Verdict::unavailable);
}

}  // namespace
}  // namespace secondstep
