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

}  // namespace
}  // namespace secondstep
