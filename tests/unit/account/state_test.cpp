#include "account/state.h"

#include <gtest/gtest.h>

#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;

constexpr unsigned window = 1;

AuthenticatorId numbered(std::uint8_t number) {
    return {number, 0xff};
}

TEST(State, FindsAndMakesTheUseOfAnAuthenticator) {
    const Credential credential = sample_credential();
    const AuthenticatorId id = credential.authenticators[0].id;
    State state;
    EXPECT_EQ(find_use(state, id), nullptr);
    use_of(state, id, credential).last = 7;
    EXPECT_EQ(use_of(state, id, credential).last, 7U);
    ASSERT_NE(find_use(state, id), nullptr);
    EXPECT_EQ(state.uses.size(), 1U);
}

TEST(State, TheOldestUseThatIsNotEnrolledGivesWay) {
    const Credential credential = sample_credential();
    State state;
    state.uses.push_back({.id = credential.authenticators[0].id, .used = true, .last = 5});
    for (std::uint8_t i = 1; i < max_authenticator_uses; ++i)
        state.uses.push_back({.id = numbered(i)});
    EXPECT_FALSE(use_of(state, numbered(99), credential).used);
    EXPECT_EQ(state.uses.size(), max_authenticator_uses);
    EXPECT_NE(find_use(state, credential.authenticators[0].id), nullptr);
    EXPECT_EQ(find_use(state, numbered(1)), nullptr);
    EXPECT_NE(find_use(state, numbered(2)), nullptr);
    EXPECT_EQ(state.uses.back().id, numbered(99));
}

TEST(State, CountsTheRecoveryCodesThatAreLeft) {
    Credential credential = sample_credential();
    State state;
    EXPECT_EQ(recovery_codes_left(credential, state), 10U);  // nothing of this set was used
    state.recovery = {.id = credential.recovery->id, .used = 0b1000000001};
    EXPECT_EQ(recovery_codes_left(credential, state), 8U);
    state.recovery.used = 0xffff'ffff;
    EXPECT_EQ(recovery_codes_left(credential, state), 0U);
    state.recovery = {.id = credential.recovery->id, .closed = true};
    EXPECT_EQ(recovery_codes_left(credential, state), 0U);
    credential.recovery.reset();
    EXPECT_EQ(recovery_codes_left(credential, state), 0U);
}

// A state as it is before `credential`'s enrollment: of another one, with everything that can be given out.
State of_another(const Credential& credential) {
    State state = state_after_enrollment({}, credential, {});
    state.enrollment_forced = true;
    state.registration.given = true;
    state.temporary.given = true;
    state.restore.code = 1;
    state.clients.emplace_back();
    state.strangers.count = 3;
    return state;
}

TEST(CaughtUp, WhatBelongsTogetherStaysAsItIs) {
    const Credential credential = sample_credential();
    const State state = of_another(credential);
    EXPECT_EQ(caught_up(state, credential), state);
    Credential without_codes = credential.clone();
    without_codes.recovery.reset();
    EXPECT_EQ(caught_up(state, without_codes), state);
}

TEST(CaughtUp, ACredentialTheStateDoesNotKnowVoidsWhatItVoids) {
    Credential credential = sample_credential();
    const State before = of_another(credential);
    credential.authenticators[0] = sample_authenticator(2);
    credential.recovery = sample_recovery_set(10, 2);
    const State after = caught_up(before, credential);
    EXPECT_FALSE(after.enrollment_forced);
    EXPECT_FALSE(after.registration.given);
    EXPECT_FALSE(after.temporary.given);
    EXPECT_EQ(after.restore.code, 0U);
    EXPECT_TRUE(after.clients.empty());
    EXPECT_EQ(after.strangers.count, 3U);
    EXPECT_TRUE(after.recovery.not_saved);
    EXPECT_EQ(after.recovery.id, credential.recovery->id);
    EXPECT_EQ(caught_up(after, credential), after);
}

TEST(CaughtUp, RecoveryCodesTheStateDoesNotKnowAreNotSavedAndVoidNoMoreThanARestore) {
    Credential credential = sample_credential();
    const State before = of_another(credential);
    credential.recovery = sample_recovery_set(10, 2);
    const State after = caught_up(before, credential);
    EXPECT_TRUE(after.recovery.not_saved);
    EXPECT_EQ(after.restore.code, 0U);
    EXPECT_TRUE(after.temporary.given);
    EXPECT_EQ(after.clients.size(), 1U);
}

// A device was added, and the process died before the state was written.
TEST(CaughtUp, ADeviceBesideTheOneItKnowsVoidsNothing) {
    Credential credential = sample_credential();
    const State before = of_another(credential);
    credential.authenticators.push_back(sample_authenticator(2));
    const State after = caught_up(before, credential);
    ASSERT_NE(find_use(after, credential.authenticators[1].id), nullptr);
    State expected = before;
    expected.uses = after.uses;
    EXPECT_EQ(after, expected) << "to be enrolled again too: " << after.enrollment_forced;
    EXPECT_EQ(caught_up(after, credential), after);
}

TEST(StateOfDevices, OneMoreChangesNothingButTheNotice) {
    Credential credential = sample_credential();
    State before = of_another(credential);
    before.recovery.used = 5;
    before.last_accepted = {4};
    credential.authenticators.push_back(sample_authenticator(2));
    const ChangeNotice notice{Change::device_added, at(3), "192.0.2.1"};
    const State after = state_with_device(before, credential, notice);
    ASSERT_NE(find_use(after, credential.authenticators[1].id), nullptr);
    State expected = before;
    expected.uses = after.uses;
    expected.notice = notice;
    EXPECT_EQ(after, expected);
}

// Whoever has the device may be a thief, and somebody who is half logged in.
TEST(StateOfDevices, OneLessForgetsClientsAndTheProofOfALogin) {
    const Credential credential = sample_credential();
    State before = of_another(credential);
    before.recovery.used = 5;
    before.last_accepted = {4};
    const ChangeNotice notice{Change::device_removed, at(3), "192.0.2.1"};
    const State after = state_without_device(before, notice);
    EXPECT_TRUE(after.clients.empty());
    EXPECT_EQ(after.last_accepted, AttemptId{});
    EXPECT_EQ(after.recovery, before.recovery);
    EXPECT_EQ(after.uses, before.uses) << "no step of it comes back";
    EXPECT_EQ(after.notice, notice);
    EXPECT_EQ(after.strangers, before.strangers);
}

TEST(AfterDamage, TotpAcceptsOnlyStepsThatCannotHaveBeenAcceptedBefore) {
    const Credential credential = sample_credential();
    const State state = after_damage(State{}, &credential, window, at(0));
    const AuthenticatorUse* const use = find_use(state, credential.authenticators[0].id);
    ASSERT_NE(use, nullptr);
    EXPECT_TRUE(use->used);
    EXPECT_EQ(use->last, otp::time_step(at(0), otp::thirty_seconds()) + window);
}

TEST(AfterDamage, NeverLowersTheLastStep) {
    const Credential credential = sample_credential();
    State survivor = enrolled_state();
    survivor.generation = 3;
    survivor.uses.push_back({.id = credential.authenticators[0].id, .used = true, .last = UINT64_MAX - 1});
    const State state = after_damage(survivor, &credential, window, at(0));
    EXPECT_EQ(state.uses.front().last, UINT64_MAX - 1);
}

TEST(AfterDamage, ClosesHotpAndTheRecoveryCodes) {
    const Credential credential = sample_credential("alice", Method::hotp);
    const State state = after_damage(State{}, &credential, window, at(0));
    EXPECT_TRUE(find_use(state, credential.authenticators[0].id)->closed);
    EXPECT_TRUE(state.recovery.closed);
    EXPECT_EQ(state.recovery.id, credential.recovery->id);
    EXPECT_EQ(recovery_codes_left(credential, state), 0U);
}

TEST(AfterDamage, KeepsWhatTheSurvivorKnows) {
    const Credential credential = sample_credential();
    State survivor;
    survivor.generation = 9;
    survivor.strangers.count = 42;
    survivor.recovery = {.id = credential.recovery->id, .used = 3};
    const State state = after_damage(survivor, &credential, window, at(0));
    EXPECT_FALSE(state.enrolled);
    EXPECT_EQ(state.strangers.count, 42U);
    EXPECT_EQ(state.recovery.used, 3U);
    EXPECT_EQ(state.generation, 9U);
}

TEST(AfterDamage, WithoutSurvivorTheCredentialSaysEnrolled) {
    const Credential credential = sample_credential();
    EXPECT_TRUE(after_damage(State{}, &credential, window, at(0)).enrolled);
    EXPECT_FALSE(after_damage(State{}, nullptr, window, at(0)).enrolled);
}

// A torn slot closed them: that a copy keeps recovery codes opens none.
TEST(AfterCopying, RecoveryCodesThatAreKeptStayClosedWhereTheyWereClosed) {
    const Credential credential = sample_credential();
    State state;
    state.enrolled = true;
    state.recovery.id = credential.recovery->id;
    for (const bool closed : {true, false}) {
        state.recovery.closed = closed;
        const State next =
            after_copying(state, &credential, window, UnixTime{std::chrono::seconds{1'800'000'000}},
                          CopiedRecoveryCodes::are_kept);
        EXPECT_EQ(next.recovery.closed, closed);
    }
}

}  // namespace
}  // namespace secondstep
