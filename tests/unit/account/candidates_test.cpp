#include "account/candidates.h"

#include <gtest/gtest.h>

#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;

// A counter-based account, judged as a store would keep it.
class Hotp : public ::testing::Test {
  protected:
    Reason answer(std::uint64_t counter) { return answer(hotp_answer(credential_, counter)); }
    Reason answer(OtpAnswer given) {
        const VerifyResult result =
            verify(credential_, state_, address("192.0.2.7"), std::move(given), limits_, {}, at(0)).value();
        state_ = result.next;
        state_.strangers = {};  // the throttle has its own tests
        state_.recent = {};
        for (KnownSource& known : state_.known)
            known.failures = {};
        return result.reason;
    }
    Reason wrong() { return answer(OtpAnswer{Secret::copy_of(std::string_view("xxxxxx"))}); }
    void last_was(std::uint64_t counter) {
        state_ = enrolled_state();
        state_.uses.push_back({.id = credential_.authenticators[0].id, .used = true, .last = counter});
    }
    std::uint64_t last() const { return state_.uses.front().last; }
    std::size_t work() const {
        return compared_candidates(credential_, state_, Secret::copy_of(std::string_view("000000")), limits_,
                                   at(0))
            ->size();
    }

    Credential credential_ = sample_credential("alice", Method::hotp);
    State state_ = enrolled_state();
    VerifyLimits limits_;
};

TEST_F(Hotp, BeginsAtZeroWhenNothingWasUsed) {
    EXPECT_EQ(answer(0), Reason::right);
    EXPECT_EQ(answer(0), Reason::replayed);
    EXPECT_EQ(answer(1), Reason::right);
}

TEST_F(Hotp, BeginsAboveTheFloor) {
    credential_.authenticators[0].has_floor = true;
    credential_.authenticators[0].floor = 41;
    EXPECT_EQ(answer(41), Reason::replayed);
    EXPECT_EQ(answer(42), Reason::right);
}

TEST_F(Hotp, LooksTenAhead) {
    for (const std::uint64_t ahead : {1U, 2U, 9U, 10U}) {
        last_was(500);
        EXPECT_EQ(answer(500 + ahead), Reason::right) << ahead;
        EXPECT_EQ(last(), 500 + ahead);
    }
    last_was(500);
    EXPECT_EQ(answer(511), Reason::resynchronising);
    EXPECT_EQ(last(), 500U);
}

TEST_F(Hotp, ACodeFromBeforeIsReusedAndNotCounted) {
    for (const std::uint64_t behind : {0U, 1U, 9U}) {
        last_was(500);
        EXPECT_EQ(answer(500 - behind), Reason::replayed) << behind;
    }
    last_was(500);
    EXPECT_EQ(answer(490), Reason::wrong);
}

TEST_F(Hotp, SkippedCodesAreSpent) {
    last_was(500);
    EXPECT_EQ(answer(505), Reason::right);
    for (std::uint64_t counter = 501; counter <= 505; ++counter)
        EXPECT_EQ(answer(counter), Reason::replayed) << counter;
}

TEST_F(Hotp, AWrongCodeDoesNotMoveTheCounter) {
    last_was(500);
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(wrong(), Reason::wrong);
    EXPECT_EQ(last(), 500U);
    EXPECT_EQ(answer(501), Reason::right);
}

TEST_F(Hotp, TwoCodesInARowResynchronise) {
    for (const std::uint64_t ahead : {11U, 50U, 100U}) {
        last_was(500);
        EXPECT_EQ(answer(500 + ahead), Reason::resynchronising) << ahead;
        EXPECT_EQ(answer(501 + ahead), Reason::right) << ahead;
        EXPECT_EQ(last(), 501 + ahead);
        EXPECT_FALSE(state_.uses.front().resyncing);
        EXPECT_EQ(answer(500 + ahead), Reason::replayed);
    }
}

TEST_F(Hotp, NothingBeyondAHundredResynchronises) {
    last_was(500);
    EXPECT_EQ(answer(601), Reason::wrong);
    EXPECT_EQ(answer(602), Reason::wrong);
    EXPECT_EQ(last(), 500U);
}

TEST_F(Hotp, TheSecondCodeMustBeTheSuccessor) {
    last_was(500);
    EXPECT_EQ(answer(540), Reason::resynchronising);
    EXPECT_EQ(answer(540), Reason::resynchronising) << "the same code again is not its successor";
    EXPECT_EQ(answer(542), Reason::resynchronising);
    EXPECT_EQ(answer(541), Reason::resynchronising);
    EXPECT_EQ(answer(542), Reason::right);
}

TEST_F(Hotp, AWrongCodeInBetweenBeginsAnew) {
    last_was(500);
    EXPECT_EQ(answer(540), Reason::resynchronising);
    EXPECT_EQ(wrong(), Reason::wrong);
    EXPECT_EQ(answer(541), Reason::resynchronising);
    EXPECT_EQ(answer(542), Reason::right);
}

TEST_F(Hotp, TheFirstOfTwoCodesCountsAsAFailure) {
    last_was(500);
    const VerifyResult result =
        verify(credential_, state_, address("192.0.2.7"), hotp_answer(credential_, 540), limits_, {}, at(0))
            .value();
    EXPECT_FALSE(result.accepted());
    EXPECT_EQ(result.next.strangers.count, 1U);
}

TEST_F(Hotp, TheEndOfTheCounterIsTheEnd) {
    const std::uint64_t top = UINT64_MAX;
    last_was(top - 1);
    EXPECT_EQ(answer(0), Reason::wrong);
    EXPECT_EQ(answer(top), Reason::right);
    EXPECT_EQ(answer(top), Reason::replayed);
    EXPECT_EQ(answer(0), Reason::wrong) << "never around to zero";
    EXPECT_EQ(answer(1), Reason::wrong);
}

TEST_F(Hotp, ClosedAfterDamageAcceptsNothing) {
    state_ = after_damage(State{}, &credential_, limits_.window, at(0));
    for (std::uint64_t counter = 0; counter < 5; ++counter)
        EXPECT_EQ(answer(counter), Reason::closed);
}

TEST_F(Hotp, TheOtherAuthenticatorsWorkWhenOneIsClosed) {
    credential_.authenticators.push_back(sample_authenticator(2));
    state_.uses.push_back({.id = credential_.authenticators[0].id, .closed = true});
    EXPECT_EQ(answer(0), Reason::wrong);
    EXPECT_EQ(answer(OtpAnswer{code_of(credential_.authenticators[1], 0)}), Reason::right);
}

TEST(Candidates, TheWorkOfTotpDependsOnTheWindowOnly) {
    const Credential credential = sample_credential();
    const auto work = [&](const State& state, std::string_view digits) {
        return compared_candidates(credential, state, Secret::copy_of(digits), {}, at(0))->size();
    };
    State used = enrolled_state();
    used.uses.push_back({.id = credential.authenticators[0].id, .used = true, .last = UINT64_MAX});
    EXPECT_EQ(work(State{}, "000000"), 3U);
    EXPECT_EQ(work(used, "000000"), 3U);
    EXPECT_EQ(work(State{}, totp_answer(credential, at(0), -1).digits.text()), 3U) << "also after a match";
    EXPECT_EQ(work(State{}, "no digits at all"), 3U);
}

TEST_F(Hotp, TheWorkDoesNotDependOnTheAnswer) {
    last_was(500);
    EXPECT_EQ(work(), 110U);
}

}  // namespace
}  // namespace secondstep
