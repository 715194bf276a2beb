#include "account/verify.h"

#include <gtest/gtest.h>

#include "account/code_gate.h"
#include "account/known_sources.h"
#include "unit/account/verify_fixture.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(Verify, AcceptsTheCodeOfNow) {
    EXPECT_EQ(answer(totp()), Reason::right);
    const AuthenticatorUse* const use = find_use(state_, credential_.authenticators[0].id);
    ASSERT_NE(use, nullptr);
    EXPECT_EQ(use->last, step());
    EXPECT_EQ(use->last_success, now_);
    EXPECT_EQ(state_.last_success, now_);
    EXPECT_EQ(state_.last_accepted, attempt_);
}

TEST_F(Verify, RefusesTheSecondUseOfACode) {
    EXPECT_EQ(answer(totp()), Reason::right);
    const State before = state_;
    EXPECT_EQ(answer(totp()), Reason::replayed);
    EXPECT_EQ(state_, before) << "a reused code changes nothing and is not counted";
}

TEST_F(Verify, RefusesAnOlderStepThanTheLastOne) {
    EXPECT_EQ(answer(totp(+1)), Reason::right);
    EXPECT_EQ(answer(totp(0)), Reason::replayed);
    EXPECT_EQ(answer(totp(-1)), Reason::replayed);
    EXPECT_EQ(failures_of(state_, home, now_).count, 0U);
}

TEST_F(Verify, AcceptsExactlyTheWindow) {
    for (const unsigned window : {0U, 1U, 10U}) {
        limits_.window = window;
        const auto reach = static_cast<std::int64_t>(window);
        for (std::int64_t steps = -12; steps <= 12; ++steps) {
            state_ = enrolled_state();
            const Reason expected = std::abs(steps) <= reach ? Reason::right : Reason::wrong;
            EXPECT_EQ(answer(totp(steps)), expected) << "window " << window << ", step " << steps;
        }
    }
}

TEST_F(Verify, TheEdgesOfAStepAreWhereTheStandardPutsThem) {
    const Answer code = totp();
    now_ = at(-31);
    EXPECT_EQ(answer(code), Reason::wrong);
    now_ = at(60);
    EXPECT_EQ(answer(code), Reason::wrong);
    now_ = at(59);
    EXPECT_EQ(answer(code), Reason::right);
}

TEST_F(Verify, NothingAtOrBelowTheFloorIsAccepted) {
    credential_.authenticators[0].has_floor = true;
    credential_.authenticators[0].floor = step();
    EXPECT_EQ(answer(totp(-1)), Reason::replayed);
    EXPECT_EQ(answer(totp(0)), Reason::replayed) << "the code that confirmed the enrollment";
    EXPECT_EQ(answer(totp(+1)), Reason::right);
}

TEST_F(Verify, TheFloorHoldsAlsoWhenTheStateIsOlder) {
    credential_.authenticators[0].has_floor = true;
    credential_.authenticators[0].floor = step();
    state_.uses.push_back({.id = credential_.authenticators[0].id, .used = true, .last = step() - 100});
    EXPECT_EQ(answer(totp(0)), Reason::replayed);
}

TEST_F(Verify, AStateOfAnotherAuthenticatorSaysNothing) {
    state_.uses.push_back({.id = {9}, .used = true, .last = UINT64_MAX});
    EXPECT_EQ(answer(totp()), Reason::right);
    EXPECT_EQ(state_.uses.size(), 2U);
}

TEST_F(Verify, AcceptsStepZeroAtTheBeginningOfTime) {
    now_ = from_unix(0);
    EXPECT_EQ(answer(totp()), Reason::right);
    EXPECT_EQ(answer(totp()), Reason::replayed);
}

TEST_F(Verify, RefusesACodeWithMoreOrFewerDigits) {
    Secret longer = totp_answer(credential_, now_).digits;
    longer.push_back('0');
    EXPECT_EQ(answer(OtpAnswer{std::move(longer)}), Reason::wrong);
    Secret shorter = totp_answer(credential_, now_).digits;
    shorter.truncate(5);
    EXPECT_EQ(answer(OtpAnswer{std::move(shorter)}), Reason::wrong);
    EXPECT_EQ(answer(OtpAnswer{}), Reason::wrong);
}

TEST_F(Verify, EachAuthenticatorHasItsOwnLastStep) {
    credential_.authenticators.push_back(sample_authenticator(2));
    EXPECT_EQ(answer(totp()), Reason::right);
    EXPECT_EQ(answer(OtpAnswer{code_of(credential_.authenticators[1], step())}), Reason::right);
    EXPECT_EQ(answer(OtpAnswer{code_of(credential_.authenticators[1], step())}), Reason::replayed);
    EXPECT_EQ(state_.uses.size(), 2U);
}

TEST_F(Verify, WithoutAuthenticatorsThereIsNoMethod) {
    credential_.authenticators.clear();
    EXPECT_EQ(answer(wrong()), Reason::no_method);
    EXPECT_EQ(failures_of(state_, home, now_).count, 0U);
}

TEST_F(Verify, AnAuthenticatorThatDamageClosedAcceptsNothing) {
    state_.uses.push_back({.id = credential_.authenticators[0].id, .closed = true});
    EXPECT_EQ(answer(totp()), Reason::closed);
    EXPECT_EQ(failures_of(state_, home, now_).count, 0U);
}

// ---- throttle

TEST_F(Verify, CountsAWrongCode) {
    EXPECT_EQ(answer(wrong()), Reason::wrong);
    EXPECT_EQ(state_.strangers.count, 1U);
    EXPECT_EQ(state_.strangers.last, now_);
    EXPECT_TRUE(state_.uses.empty());
}

TEST_F(Verify, JudgesNothingWhileItWaits) {
    fail_times(6, home);
    const State before = state_;
    EXPECT_EQ(answer(totp()), Reason::throttled) << "the right code";
    EXPECT_EQ(answer(wrong()), Reason::throttled);
    EXPECT_EQ(state_, before) << "what was not judged lengthens nothing";
    now_ += seconds(30);
    EXPECT_EQ(answer(totp()), Reason::right);
}

TEST_F(Verify, ClosesAtAHundredUntilARecoveryCode) {
    fail_times(100, home);
    now_ += hours(1000);
    EXPECT_EQ(answer(totp()), Reason::closed);
    EXPECT_EQ(state_.strangers.count, 100U);
    EXPECT_EQ(answer(recovery_answer(credential_, 0)), Reason::right);
    EXPECT_EQ(state_.strangers.count, 0U);
    EXPECT_EQ(answer(totp()), Reason::right);
}

TEST_F(Verify, AStrangerCannotLockTheOwnerOut) {
    EXPECT_EQ(answer(totp(), home), Reason::right);
    fail_times(100, stranger);
    EXPECT_EQ(answer(totp(), stranger), Reason::closed);
    EXPECT_EQ(answer(totp(), home), Reason::right);
}

TEST_F(Verify, ASuccessClearsOnlyItsOwnCounter) {
    fail_times(3, stranger);
    fail_times(2, own_uid_source());
    EXPECT_EQ(answer(totp(), home), Reason::right);  // home was a stranger until now
    EXPECT_EQ(state_.strangers.count, 0U);
    EXPECT_EQ(state_.own_uid.count, 2U);
    fail_times(4, stranger);
    EXPECT_EQ(answer(wrong(), home), Reason::wrong);
    now_ += seconds(60);
    EXPECT_EQ(answer(totp(), home), Reason::right);
    EXPECT_EQ(failures_of(state_, home, now_).count, 0U);
    EXPECT_EQ(state_.strangers.count, 4U);
    EXPECT_EQ(state_.own_uid.count, 2U);
}

TEST_F(Verify, AnOwnUidHasItsCounterAndIsNeverKnown) {
    EXPECT_EQ(answer(totp(), own_uid_source()), Reason::right);
    EXPECT_TRUE(state_.known.empty());
    EXPECT_EQ(answer(wrong(), own_uid_source()), Reason::wrong);
    EXPECT_EQ(state_.own_uid.count, 1U);
    EXPECT_EQ(state_.strangers.count, 0U);
}

TEST_F(Verify, APortalHasItsCounter) {
    const Source portal = source_of_rhost("192.0.2.7", SourceKind::trusted_caller).value();
    EXPECT_EQ(answer(wrong(), portal), Reason::wrong);
    EXPECT_EQ(state_.trusted_callers.count, 1U);
    EXPECT_EQ(state_.strangers.count, 0U);
}

TEST_F(Verify, AWaitFromAClockAheadEndsAnHourAfterItIsSeen) {
    now_ = at(0) + hours(24 * 365);
    fail_times(6, home);
    now_ = at(0);
    EXPECT_EQ(answer(totp()), Reason::throttled);
    now_ += minutes(59);
    EXPECT_EQ(answer(totp()), Reason::throttled);
    now_ += minutes(1);
    EXPECT_EQ(answer(totp()), Reason::right);
}

TEST_F(Verify, ThrottledAndClosedComputeTheSameCandidates) {
    // An empty key is the one thing that makes the computation itself fail:
    // it must fail while throttled, too.
    fail_times(6, home);
    credential_.authenticators[0].key = Secret();
    EXPECT_FALSE(verify(credential_, state_, home, wrong(), limits_, attempt_, now_));
}

// ---- recovery codes

TEST_F(Verify, AcceptsARecoveryCodeOnce) {
    EXPECT_EQ(answer(recovery_answer(credential_, 3)), Reason::right);
    EXPECT_EQ(state_.recovery.used, 0b1000U);
    EXPECT_EQ(recovery_codes_left(credential_, state_), 9U);
    EXPECT_EQ(answer(recovery_answer(credential_, 3)), Reason::replayed) << "also within the same second";
    now_ += seconds(5);
    EXPECT_EQ(answer(recovery_answer(credential_, 3)), Reason::replayed);
    EXPECT_EQ(failures_of(state_, home, now_).count, 0U);
}

TEST_F(Verify, AcceptsEveryCodeOfTheSet) {
    for (std::size_t i = 0; i < 10; ++i) {
        EXPECT_EQ(answer(recovery_answer(credential_, i)), Reason::right) << i;
        now_ += seconds(1);
    }
    EXPECT_EQ(recovery_codes_left(credential_, state_), 0U);
}

TEST_F(Verify, AWrongRecoveryCodeOfEightyBitsIsNoFailure) {
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(answer(wrong_recovery_answer(credential_), stranger), Reason::wrong);
    EXPECT_EQ(state_.strangers, Failures{});
    EXPECT_EQ(state_.recent, RecentFailures{});
    EXPECT_EQ(state_.recovery.id, credential_.recovery->id);
    EXPECT_EQ(answer(totp(), stranger), Reason::right) << "the counter of the codes is open";
}

TEST_F(Verify, RecoveryCodesAreJudgedAsFastAsTheyCome) {
    EXPECT_EQ(answer(wrong_recovery_answer(credential_), stranger), Reason::wrong);
    EXPECT_EQ(answer(recovery_answer(credential_, 0)), Reason::right) << "in the same second";
}

TEST_F(Verify, AClockSetBackDoesNotHoldRecoveryCodesUp) {
    EXPECT_EQ(answer(wrong_recovery_answer(credential_)), Reason::wrong);
    now_ -= hours(10);
    EXPECT_EQ(answer(recovery_answer(credential_, 0)), Reason::right);
}

TEST_F(Verify, JudgesARecoveryCodeWhileOtherCodesWait) {
    fail_times(7, home);
    EXPECT_EQ(answer(totp()), Reason::throttled);
    EXPECT_EQ(answer(recovery_answer(credential_, 0)), Reason::right);
    EXPECT_EQ(answer(totp()), Reason::right);
}

TEST_F(Verify, ADigestOfAnotherSetIsStale) {
    const Answer before_renewal = recovery_answer(credential_, 0);
    credential_.recovery = sample_recovery_set(10, 2);
    const State before = state_;
    EXPECT_EQ(answer(before_renewal), Reason::stale);
    EXPECT_EQ(state_, before);
}

TEST_F(Verify, ANewSetBeginsUnused) {
    EXPECT_EQ(answer(recovery_answer(credential_, 0)), Reason::right);
    credential_.recovery = sample_recovery_set(10, 2);
    now_ += seconds(1);
    EXPECT_EQ(answer(recovery_answer(credential_, 0)), Reason::right);
    EXPECT_EQ(state_.recovery.id, credential_.recovery->id);
    EXPECT_EQ(state_.recovery.used, 1U);
}

TEST_F(Verify, ACodeOfTheOtherFormIsWrong) {
    RecoveryAnswer other = recovery_answer(credential_, 0);
    other.form = otp::RecoveryCodeForm::long_code;
    EXPECT_EQ(answer(other), Reason::wrong);
    EXPECT_EQ(state_.recovery.used, 0U);
}

TEST_F(Verify, AClosedSetAcceptsNothing) {
    state_.recovery = {.id = credential_.recovery->id, .closed = true};
    EXPECT_EQ(answer(recovery_answer(credential_, 0)), Reason::closed);
    EXPECT_EQ(answer(wrong_recovery_answer(credential_)), Reason::closed);
    EXPECT_EQ(state_.strangers.count, 0U);
}

TEST_F(Verify, WithoutASetThereIsNoMethod) {
    const Answer code = recovery_answer(credential_, 0);
    credential_.recovery.reset();
    EXPECT_EQ(answer(code), Reason::no_method);
}

TEST_F(Verify, SaysWhetherItWasARecoveryCode) {
    EXPECT_EQ(
        verify(credential_, state_, home, recovery_answer(credential_, 0), limits_, attempt_, now_)->factor,
        Factor::recovery_code);
    EXPECT_EQ(verify(credential_, state_, home, totp(), limits_, attempt_, now_)->factor,
              Factor::authenticator);
}

TEST_F(Verify, AfterDamageOnlyACodeFromAfterTheWindowIsAccepted) {
    state_ = after_damage(State{}, &credential_, limits_.window, now_);
    EXPECT_EQ(answer(totp(-1)), Reason::replayed);
    EXPECT_EQ(answer(totp(0)), Reason::replayed);
    EXPECT_EQ(answer(totp(+1)), Reason::replayed);
    EXPECT_EQ(answer(recovery_answer(credential_, 0)), Reason::closed);
    now_ += seconds(30);
    EXPECT_EQ(answer(totp(+1)), Reason::right);
}

TEST(Reason, HasWordsForEach) {
    EXPECT_EQ(to_text(Reason::right), "right");
    EXPECT_EQ(to_text(Reason::wrong), "wrong");
    EXPECT_EQ(to_text(Reason::replayed), "reused");
    EXPECT_EQ(to_text(Reason::throttled), "throttled");
    EXPECT_EQ(to_text(Reason::closed), "closed");
    EXPECT_EQ(to_text(Reason::resynchronising), "resynchronising");
    EXPECT_EQ(to_text(Reason::stale), "stale");
    EXPECT_EQ(to_text(Reason::no_method), "no method");
}

}  // namespace
}  // namespace secondstep
