// The scratch codes that somebody has brought along: accepted once, as recovery codes are, and held back as
// codes of 26 bits have to be.

#include <gtest/gtest.h>

#include "account/code_gate.h"
#include "account/matching_codes.h"
#include "account/sent_code.h"
#include "account/verify.h"
#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Source home = address("192.0.2.7");
const Source stranger = address("203.0.113.9");
constexpr const char* no_scratch_code = "99999999";

// One account with five scratch codes, its clock, and verify() with the outcome put back as a store would.
class ScratchAccount {
  public:
    explicit ScratchAccount(Method method = Method::totp) : credential(sample_credential("alice", method)) {
        credential.recovery = sample_scratch_set(5);
        if (const auto channel = channel_of(method)) send_to(*channel);
    }

    // At the first prompt, which takes codes of every kind.
    Reason type(std::string_view digits, const Source& source = home) {
        if (!credential.destination) return judged(OtpAnswer{Secret::copy_of(digits)}, source);
        return judged(sent_answer(ring, record, Secret::copy_of(digits), asked, state.sent).value(), source);
    }
    Reason type_scratch_code(std::size_t index, const Source& source = home) {
        return type(scratch_code(index).text(), source);
    }
    // Where a recovery code is asked for.
    Reason type_instead(std::string_view digits, const Source& source = home) {
        return judged(ScratchAnswer{Secret::copy_of(digits), false}, source);
    }
    Reason restore(std::size_t index, const Source& source = home) {
        return judged(ScratchAnswer{scratch_code(index), true}, source);
    }
    Reason type_totp(std::int64_t steps = 0) { return judged(totp_answer(credential, now, steps), home); }
    void fail_times(int times, const Source& source = home) {
        for (int i = 0; i < times; ++i) {
            while (code_gate(state, source, now) == Gate::waiting)
                now += minutes(1);
            EXPECT_EQ(type(no_scratch_code, source), Reason::wrong);
        }
    }
    [[nodiscard]] unsigned failures(const Source& source = home) const {
        return failures_of(state, source, now).count;
    }
    [[nodiscard]] std::size_t left() const { return recovery_codes_left(credential, state); }
    VerifyResult judgement_of(const Answer& answer, const Source& source = home) {
        return verify(credential, state, source, answer, {}, {7}, now).value();
    }

    Credential credential;
    State state = enrolled_state();
    UnixTime now = at(0);
    Factor factor{};  // of the last answer
    SeededRandomness randomness{1};
    Keyring ring = Keyring::generate(randomness);
    RecordName record = RecordName::of(name_of("alice"));
    SentFor asked{"sshd", "host 192.0.2.7"};

  private:
    Reason judged(const Answer& answer, const Source& source) {
        VerifyResult result = judgement_of(answer, source);
        factor = result.factor;
        state = std::move(result.next);
        return result.reason;
    }
    void send_to(delivery::Channel channel) {
        const bool mail = channel == delivery::Channel::mail;
        credential.authenticators.clear();
        credential.destination = Destination{
            {1, 2, 3}, *delivery::Address::create(channel, mail ? "alice@example.com" : "+4915112345678")};
    }
};

class ScratchCodesOf : public ::testing::TestWithParam<Method> {
  protected:
    ScratchAccount alice_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Each, ScratchCodesOf,
                         ::testing::Values(Method::totp, Method::hotp, Method::mail, Method::sms),
                         [](const auto& each) { return std::string(to_text(each.param)); });

TEST_P(ScratchCodesOf, EachIsAcceptedOnceAsARecoveryCode) {
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(alice_.type_scratch_code(i), Reason::right) << "within one second, too";
        EXPECT_EQ(alice_.factor, Factor::recovery_code);
        EXPECT_EQ(alice_.left(), 4 - i);
        EXPECT_EQ(alice_.type_scratch_code(i), Reason::replayed);
        EXPECT_EQ(alice_.factor, Factor::recovery_code);
    }
    EXPECT_EQ(alice_.failures(), 0U) << "a used one is no guess";
    EXPECT_EQ(alice_.state.last_success, alice_.now);
    EXPECT_EQ(alice_.state.last_accepted, AttemptId{7});
}

TEST_P(ScratchCodesOf, AWrongAnswerIsOneFailure) {
    EXPECT_EQ(alice_.type(no_scratch_code), Reason::wrong);
    EXPECT_EQ(alice_.failures(), 1U);
    EXPECT_EQ(alice_.factor, Factor::authenticator);
    EXPECT_EQ(alice_.type("123456"), Reason::wrong);
    EXPECT_EQ(alice_.failures(), 2U);
    EXPECT_EQ(alice_.left(), 5U);
    EXPECT_EQ(alice_.type_scratch_code(0), Reason::right);
    EXPECT_EQ(alice_.failures(), 0U) << "a success clears the counter";
}

TEST_P(ScratchCodesOf, NothingIsJudgedWhileTheCounterWaits) {
    alice_.fail_times(6);
    const State before = alice_.state;
    EXPECT_EQ(alice_.type_scratch_code(0), Reason::throttled);
    EXPECT_EQ(alice_.type_instead(scratch_code(0).text()), Reason::throttled);
    EXPECT_EQ(alice_.restore(0), Reason::throttled);
    EXPECT_EQ(alice_.state, before);
    alice_.now += seconds(30);
    EXPECT_EQ(alice_.type_scratch_code(0), Reason::right);
}

TEST_P(ScratchCodesOf, NoneOpensACounterThatAHundredFailuresClosed) {
    alice_.fail_times(100);
    alice_.now += hours(1000);
    alice_.state.recent = {};  // they are over
    const State before = alice_.state;
    EXPECT_EQ(alice_.type_scratch_code(0), Reason::closed);
    EXPECT_EQ(alice_.type_instead(scratch_code(0).text()), Reason::closed);
    EXPECT_EQ(alice_.restore(0), Reason::closed);
    EXPECT_EQ(alice_.state, before);
}

TEST_P(ScratchCodesOf, NoneIsAcceptedAfterDamage) {
    alice_.state = after_damage(State{}, &alice_.credential, 1, alice_.now);
    EXPECT_EQ(alice_.type_instead(scratch_code(0).text()), Reason::closed);
    EXPECT_EQ(alice_.restore(0), Reason::closed);
    EXPECT_EQ(alice_.type_scratch_code(0), Reason::closed);
    EXPECT_EQ(alice_.left(), 0U);
    EXPECT_EQ(alice_.failures(), 0U);
}

TEST_P(ScratchCodesOf, NoneOfASetThatWasReplacedIsAccepted) {
    alice_.credential.recovery = sample_recovery_set(10, 2);
    EXPECT_EQ(alice_.type_scratch_code(0), Reason::wrong);
    EXPECT_EQ(alice_.failures(), 1U);
    EXPECT_EQ(alice_.type_instead(scratch_code(0).text()), Reason::no_method);
    EXPECT_EQ(alice_.failures(), 1U) << "there is nothing to be guessed";
}

// ---- one method only

class ScratchCodes : public ::testing::Test {
  protected:
    ScratchAccount alice_;
};

TEST_F(ScratchCodes, AStrangerCannotLockTheOwnerOut) {
    EXPECT_EQ(alice_.type_totp(), Reason::right);
    alice_.fail_times(100, stranger);
    EXPECT_EQ(alice_.type_scratch_code(0, stranger), Reason::closed);
    EXPECT_EQ(alice_.type_scratch_code(0), Reason::right);
}

TEST_F(ScratchCodes, OfACodeThatIsBothTheAuthenticatorsIsTaken) {
    alice_.credential.authenticators[0].digits = otp::Digits::create(8).value();
    const Secret both = totp_answer(alice_.credential, alice_.now).digits.clone();
    RecoverySet& set = *alice_.credential.recovery;
    set.digests[2] =
        otp::recovery_digest(*otp::normalize_scratch_code(both.text()), set.pepper.bytes(), set.salt).value();
    EXPECT_EQ(alice_.type(both.text()), Reason::right);
    EXPECT_EQ(alice_.factor, Factor::authenticator);
    EXPECT_EQ(alice_.left(), 5U);
    EXPECT_EQ(alice_.type(both.text()), Reason::replayed) << "what was seen once does not log in again";
    EXPECT_EQ(alice_.left(), 5U);
}

TEST_F(ScratchCodes, AreAcceptedBesideAuthenticatorsOfEightDigits) {
    alice_.credential.authenticators[0].digits = otp::Digits::create(8).value();
    EXPECT_EQ(alice_.type_scratch_code(0), Reason::right);
    EXPECT_EQ(alice_.factor, Factor::recovery_code);
    EXPECT_EQ(alice_.type_totp(), Reason::right);
    EXPECT_EQ(alice_.factor, Factor::authenticator);
}

// An authenticator that damage has closed accepts nothing, so that nothing can be guessed.
// Open scratch codes can.
TEST_F(ScratchCodes, GuessesAreCountedWhereTheyAreTheOnlyThingToGuess) {
    alice_.state.uses.push_back({.id = alice_.credential.authenticators[0].id, .closed = true});
    EXPECT_EQ(alice_.type(no_scratch_code), Reason::wrong);
    EXPECT_EQ(alice_.failures(), 1U);
    EXPECT_EQ(alice_.type_scratch_code(0), Reason::right);
}

// Typed where a recovery code is asked for, which an authenticator's code is not.
TEST_F(ScratchCodes, WhereOneIsAskedForAnAuthenticatorsCodeIsAFailure) {
    alice_.credential.authenticators[0].digits = otp::Digits::create(8).value();
    const Secret code = totp_answer(alice_.credential, alice_.now).digits.clone();
    EXPECT_EQ(alice_.type_instead(code.text()), Reason::wrong);
    EXPECT_EQ(alice_.failures(), 1U);
    EXPECT_EQ(alice_.factor, Factor::recovery_code);
    EXPECT_EQ(alice_.type(code.text()), Reason::right);
    EXPECT_EQ(alice_.type_instead(scratch_code(3).text()), Reason::right);
    EXPECT_EQ(alice_.left(), 4U);
}

// Recovery codes are judged while others wait. Nothing makes one of a scratch code.
TEST_F(ScratchCodes, TheDigestOfOneIsNotJudgedAsARecoveryCodes) {
    alice_.fail_times(7);
    const State before = alice_.state;
    const VerifyResult result = alice_.judgement_of(recovery_answer(alice_.credential, 0));
    EXPECT_EQ(result.reason, Reason::no_method);
    EXPECT_FALSE(result.accepted());
    EXPECT_EQ(result.next, before);
}

TEST_F(ScratchCodes, OneInBetweenBeginsTheResynchronisationAnew) {
    ScratchAccount bob(Method::hotp);
    const auto hotp = [&](std::uint64_t counter) {
        const OtpAnswer answer = hotp_answer(bob.credential, counter);
        return bob.type(answer.digits.text());
    };
    EXPECT_EQ(hotp(50), Reason::resynchronising);
    EXPECT_EQ(bob.type_scratch_code(0), Reason::right);
    EXPECT_EQ(hotp(51), Reason::resynchronising) << "not the second of two";
    EXPECT_EQ(hotp(52), Reason::right);
}

TEST_F(ScratchCodes, VoidNoCodeThatWasSent) {
    ScratchAccount bob(Method::mail);
    bob.state.sent =
        make_sent_code(bob.ring, bob.record, Secret::copy_of(std::string_view("123456")), bob.asked, at(300))
            .value();
    EXPECT_EQ(bob.type_scratch_code(0), Reason::right);
    EXPECT_EQ(bob.type_scratch_code(0), Reason::replayed);
    EXPECT_EQ(bob.state.sent.wrong, 0);
    EXPECT_EQ(bob.type("123456"), Reason::right);
    EXPECT_EQ(bob.factor, Factor::authenticator);
}

TEST_F(ScratchCodes, AllOfASetAreCompared) {
    RecoverySet set = sample_scratch_set(16);
    EXPECT_EQ(matching_codes(set, set.form, set.digests[15]), 1U << 15U);
    set.digests[1] = set.digests[15];
    EXPECT_EQ(matching_codes(set, set.form, set.digests[15]), (1U << 15U) | 2U);
    EXPECT_EQ(matching_codes(set, otp::RecoveryCodeForm::short_code, set.digests[15]), 0U);
}

// ---- restore

TEST_F(ScratchCodes, RestoreIsOpenedOnceAndResumedForThirtyMinutesFromTheSameSource) {
    EXPECT_EQ(alice_.restore(1), Reason::right);
    const UnixTime end = alice_.state.restore.until;
    EXPECT_EQ(end, at(0) + minutes(30));
    EXPECT_EQ(alice_.left(), 4U);
    EXPECT_EQ(alice_.restore(1, stranger), Reason::replayed);
    EXPECT_EQ(alice_.type_scratch_code(1), Reason::replayed) << "it resumes, and does nothing else";
    alice_.now = end;
    EXPECT_EQ(alice_.restore(1), Reason::right);
    EXPECT_EQ(alice_.state.restore.until, end);
    alice_.now += seconds(1);
    EXPECT_EQ(alice_.restore(1), Reason::replayed);
    EXPECT_EQ(alice_.left(), 4U);
}

TEST_F(ScratchCodes, WhatLoggedInOpensNoRestore) {
    EXPECT_EQ(alice_.type_scratch_code(1), Reason::right);
    EXPECT_EQ(alice_.state.restore.code, 0U);
    EXPECT_EQ(alice_.restore(1), Reason::replayed);
}

}  // namespace
}  // namespace secondstep
