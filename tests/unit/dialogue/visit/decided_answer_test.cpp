#include "dialogue/visit/decided_answer.h"

#include <gtest/gtest.h>

namespace secondstep::dialogue {
namespace {

State some_state() {
    State state;
    state.generation = 7;
    return state;
}

TEST(DecidedAnswer, IsWhatWasJudgedUnlessItWasSeenBefore) {
    const DecidedAnswer right{{.reason = Reason::right, .next = {}}};
    EXPECT_TRUE(right.accepted());
    EXPECT_TRUE(right.accepted_first());
    EXPECT_EQ(right.reason(), "right");
    const DecidedAnswer replayed{{.reason = Reason::replayed, .next = {}}};
    EXPECT_FALSE(replayed.accepted());
    EXPECT_FALSE(replayed.accepted_first());
    EXPECT_EQ(replayed.reason(), "reused");
}

TEST(DecidedAnswer, AcceptedOnceMoreIsNotTheFirstTimeAndChangesNothing) {
    const DecidedAnswer repeated = DecidedAnswer::accepted_once_more(some_state());
    EXPECT_TRUE(repeated.accepted());
    EXPECT_FALSE(repeated.accepted_first());
    EXPECT_EQ(repeated.reason(), "repeated");
    EXPECT_EQ(repeated.result.factor, Factor::authenticator);
    EXPECT_EQ(repeated.result.next, some_state());
}

TEST(DecidedAnswer, WrongAgainIsRefusedAndNotCountedAgain) {
    const DecidedAnswer again = DecidedAnswer::wrong_again(Factor::recovery_code, some_state());
    EXPECT_FALSE(again.accepted());
    EXPECT_FALSE(again.accepted_first());
    EXPECT_FALSE(again.result.counted);
    EXPECT_EQ(again.reason(), "wrong again");
    EXPECT_EQ(again.result.factor, Factor::recovery_code);
    EXPECT_EQ(again.result.next, some_state());
}

TEST(DecidedAnswer, NotJudgedIsRefusedAndCountedNowhere) {
    const DecidedAnswer unjudged = DecidedAnswer::not_judged(Factor::registration_code);
    EXPECT_FALSE(unjudged.accepted());
    EXPECT_FALSE(unjudged.accepted_first());
    EXPECT_FALSE(unjudged.result.counted);
    EXPECT_EQ(unjudged.reason(), "not judged: too many wrong codes of its host");
}

}  // namespace
}  // namespace secondstep::dialogue
