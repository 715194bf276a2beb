// A program that answers every prompt with the same text has made one mistake, not three.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

using std::chrono::seconds;
using testing::Conversation;
using ::testing::ElementsAre;
using testing::OpenDialogue;
using testing::Transcript;
using testing::Typed;

class WrongAnswers : public Conversation {
  protected:
    [[nodiscard]] std::vector<std::string> reasons() const {
        std::vector<std::string> all;
        for (const dialogue::Decision& decision : world_.journal.decisions)
            all.push_back(decision.reason);
        return all;
    }
    [[nodiscard]] std::string wrong(unsigned number = 0) const { return world_.wrong_code("alice", number); }
};

TEST_F(WrongAnswers, AreCountedOnceInOneTimeStep) {
    EXPECT_EQ(log_in({wrong(), wrong(), wrong()}).verdict, Verdict::refused);
    EXPECT_EQ(state().strangers.count, 1U);
    EXPECT_EQ(state().recent.strangers.size(), 1U);
    EXPECT_THAT(reasons(), ElementsAre("wrong", "wrong again", "wrong again"));
}

// OpenVPN: a static answer to three prompts, and the right one at the third connection.
TEST_F(WrongAnswers, TwoMistakesOfAMachineDoNotHoldTheRightCodeBack) {
    for (int i = 0; i < 4; ++i)
        static_cast<void>(log_in({wrong(), wrong(), wrong()}));
    EXPECT_EQ(log_in({code()}).verdict, Verdict::accepted);
}

TEST_F(WrongAnswers, NotOnlyTheOneBeforeIsKnown) {
    static_cast<void>(log_in({wrong(0), wrong(1), wrong(0)}));
    EXPECT_EQ(state().strangers.count, 2U);
    EXPECT_THAT(reasons(), ElementsAre("wrong", "wrong", "wrong again"));
}

TEST_F(WrongAnswers, AreJudgedAgainInTheNextTimeStep) {
    const std::string early = code(2);  // of the step after the next one
    OpenDialogue dialogue(world_, request());
    dialogue.type({early});
    world_.pass(seconds{30});
    dialogue.type({early});
    EXPECT_EQ(dialogue.verdict(), Verdict::accepted);
}

// What a registration code is does not depend on the time.
TEST_F(WrongAnswers, OfARegistrationCodeAreCountedOnceInOneDialogue) {
    world_.add_person("bob", 1001);
    dialogue::Request request = world_.request("bob");
    request.purpose = Purpose::manage;
    request.task = Task::enroll;
    request.caller = dialogue::Caller::own_uid;
    request.uid = 1001;
    OpenDialogue dialogue(world_, request);
    for (int i = 0; i < 3; ++i) {
        dialogue.type({"00000-00000"});
        world_.pass(seconds{30});
    }
    EXPECT_EQ(dialogue.verdict(), Verdict::refused);
    EXPECT_EQ(world_.store->record("bob").state.own_uid.count, 1U);
    EXPECT_THAT(reasons(), ElementsAre("wrong", "wrong again", "wrong again", "no right registration code"));
}

TEST_F(WrongAnswers, AreForgottenWithTheirDialogue) {
    static_cast<void>(log_in({wrong(), testing::no_answer}));
    static_cast<void>(log_in({wrong(), testing::no_answer}));
    EXPECT_EQ(state().strangers.count, 2U);
}

TEST_F(WrongAnswers, LookLikeEveryOtherAndAreWritten) {
    world_.events.clear();
    const Transcript different = log_in({wrong(0), wrong(1), wrong(2)});
    const std::vector<std::string> events = std::exchange(world_.events, {});
    const Transcript alike = log_in({wrong(0), wrong(0), wrong(0)});
    EXPECT_EQ(different.steps, alike.steps);
    EXPECT_EQ(events, world_.events);
}

TEST_F(WrongAnswers, ScratchAndTemporaryCodesToo) {
    world_.give_scratch_codes("alice");
    static_cast<void>(log_in({"?", "1", "99999999", "?", "1", "99999999", "7K3M9-QXT2H", "7K3M9-QXT2H"}));
    EXPECT_EQ(state().strangers.count, 2U);
    EXPECT_THAT(reasons(), ElementsAre("wrong", "wrong again", "wrong"));
}

TEST_F(WrongAnswers, AThrottledAnswerIsNotTakenForAJudgedOne) {
    state().strangers = {
        .count = 6, .last = world_.clock.now(), .wait_until = world_.clock.now() + seconds{5}};
    OpenDialogue dialogue(world_, request());
    dialogue.type({wrong()});
    world_.pass(seconds{6});
    dialogue.type({wrong()});
    EXPECT_THAT(reasons(), ElementsAre("throttled", "wrong"));
}

}  // namespace
}  // namespace secondstep
