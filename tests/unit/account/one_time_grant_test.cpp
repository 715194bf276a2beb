#include "account/one_time_grant.h"

#include <gtest/gtest.h>

#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using std::chrono::hours;
using std::chrono::seconds;

const RecordName alice = RecordName::of(name_of("alice"));
const Source home = address("192.0.2.7");

otp::OneTimeCode code_of_text(std::string_view text) {
    return std::move(*otp::normalize_one_time_code(text));
}

// One account with both codes given out until an hour from noon.
class OneTimeGrants : public ::testing::Test {
  protected:
    OneTimeGrants() {
        state_.temporary =
            make_grant(ring_, alice, GrantKind::temporary, code_of_text(temporary), at(3600)).value();
        state_.registration =
            make_grant(ring_, alice, GrantKind::registration, code_of_text(registration), at(3600)).value();
    }
    Reason log_in(std::string_view typed, UnixTime now = at(0)) {
        const Digest digest =
            grant_digest(ring_, alice, GrantKind::temporary, code_of_text(typed), state_.temporary).value();
        const VerifyResult result =
            verify(credential_, state_, home, TemporaryAnswer{digest}, {}, {1}, now).value();
        EXPECT_EQ(result.factor, Factor::temporary_code);
        state_ = result.next;
        return result.reason;
    }
    Reason register_with(std::string_view typed, UnixTime now = at(0)) {
        const Digest digest =
            grant_digest(ring_, alice, GrantKind::registration, code_of_text(typed), state_.registration)
                .value();
        const VerifyResult result = verify_registration(state_, home, digest, now);
        EXPECT_EQ(result.factor, Factor::registration_code);
        state_ = result.next;
        return result.reason;
    }

    static constexpr std::string_view temporary = "7K3M9-QXT2H";
    static constexpr std::string_view registration = "AAAAA-BBBBB";
    static constexpr std::string_view wrong = "00000-00000";
    SeededRandomness randomness_{1};
    Keyring ring_ = Keyring::generate(randomness_);
    Credential credential_ = sample_credential();
    State state_ = enrolled_state();
};

TEST_F(OneTimeGrants, ATemporaryCodeLogsInOnce) {
    EXPECT_EQ(log_in(temporary), Reason::right);
    EXPECT_EQ(state_.last_success, at(0));
    EXPECT_EQ(log_in(temporary), Reason::wrong);
}

TEST_F(OneTimeGrants, ATemporaryCodeEnds) {
    EXPECT_EQ(log_in(temporary, at(3601)), Reason::expired);
    EXPECT_EQ(failures_of(state_, home, at(3601)).count, 1U);
    EXPECT_EQ(log_in(temporary, at(3600)), Reason::right);
}

TEST_F(OneTimeGrants, OneCodeIsNotTheOther) {
    EXPECT_EQ(log_in(registration), Reason::wrong);
    EXPECT_EQ(register_with(temporary), Reason::wrong);
}

TEST_F(OneTimeGrants, WrongOnesCountAndHoldBack) {
    for (int i = 0; i < 6; ++i)
        EXPECT_EQ(i % 2 == 0 ? log_in(wrong) : register_with(wrong), Reason::wrong);
    EXPECT_EQ(log_in(temporary), Reason::throttled);
    EXPECT_EQ(register_with(registration), Reason::throttled);
    EXPECT_EQ(log_in(temporary, at(31)), Reason::right);
}

TEST_F(OneTimeGrants, NothingGivenOutIsNothingToGuess) {
    state_.temporary = {};
    EXPECT_EQ(log_in(temporary), Reason::wrong);
    const VerifyResult result = verify(credential_, state_, home, TemporaryAnswer{}, {}, {1}, at(0)).value();
    EXPECT_EQ(result.reason, Reason::wrong) << "the empty digest of no code";
}

TEST_F(OneTimeGrants, ARegistrationCodeIsNotUsedUpByTypingIt) {
    const State before = state_;
    EXPECT_EQ(register_with(registration), Reason::right);
    EXPECT_EQ(state_, before);
}

TEST_F(OneTimeGrants, ACodeOfAnotherAccountIsWrong) {
    const RecordName bob = RecordName::of(name_of("bob"));
    state_.temporary =
        make_grant(ring_, bob, GrantKind::temporary, code_of_text(temporary), at(3600)).value();
    EXPECT_EQ(log_in(temporary), Reason::wrong);
}

TEST_F(OneTimeGrants, AfterDamageNoneIsLeft) {
    const State after = after_damage(state_, &credential_, 1, at(0));
    EXPECT_FALSE(after.temporary.given);
    EXPECT_FALSE(after.registration.given);
}

TEST_F(OneTimeGrants, AKeyThatLeftTheRingVoidsTheCode) {
    ring_ = Keyring::generate(randomness_);
    EXPECT_EQ(log_in(temporary), Reason::wrong);
}

}  // namespace
}  // namespace secondstep
