#include "account/sent_code.h"

#include <gtest/gtest.h>

#include "account/sending_budget.h"
#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using std::chrono::minutes;

const RecordName alice = RecordName::of(name_of("alice"));
const Source home = address("192.0.2.7");
const SentFor ssh{"sshd", "host 192.0.2.7"};

Credential with_address() {
    Credential credential = sample_credential();
    credential.authenticators.clear();
    credential.method = Method::mail;
    credential.destination =
        Destination{{1, 2, 3}, *delivery::Address::create(delivery::Channel::mail, "alice@example.com")};
    return credential;
}

// One account that was sent 123456 at noon, for five minutes.
class SentCodes : public ::testing::Test {
  protected:
    SentCodes() { state_.sent = sent("123456"); }
    SentCode sent(std::string_view digits, const SentFor& asked = ssh, UnixTime until = at(300)) {
        return make_sent_code(ring_, alice, Secret::copy_of(digits), asked, until).value();
    }
    Reason answer(std::string_view digits, UnixTime now = at(0), const SentFor& asked = ssh) {
        const Answer typed = sent_answer(ring_, alice, Secret::copy_of(digits), asked, state_.sent).value();
        const VerifyResult result = verify(credential_, state_, home, typed, {}, {1}, now).value();
        EXPECT_EQ(result.factor, Factor::authenticator);
        state_ = result.next;
        return result.reason;
    }
    [[nodiscard]] bool alive(UnixTime now = at(0), const SentFor& asked = ssh) const {
        return is_alive(ring_, alice, state_.sent, asked, now).value();
    }
    [[nodiscard]] unsigned failures() const { return failures_of(state_, home, at(0)).count; }

    SeededRandomness randomness_{1};
    Keyring ring_ = Keyring::generate(randomness_);
    Credential credential_ = with_address();
    State state_ = enrolled_state();
};

TEST_F(SentCodes, LogsInOnce) {
    EXPECT_EQ(answer("123456"), Reason::right);
    EXPECT_EQ(state_.last_success, at(0));
    EXPECT_EQ(answer("123456"), Reason::replayed);
    EXPECT_EQ(failures(), 0U) << "the same code again is no guess";
}

TEST_F(SentCodes, EndsWithItsLastMoment) {
    EXPECT_EQ(answer("123456", at(301)), Reason::expired);
    EXPECT_EQ(failures_of(state_, home, at(301)).count, 1U);
    EXPECT_EQ(answer("123456", at(300)), Reason::right);
}

TEST_F(SentCodes, NoCodeLivesLongerThanTenMinutesWhateverAClockWrote) {
    state_.sent = sent("123456", ssh, at(601));
    EXPECT_EQ(answer("123456"), Reason::expired);
    EXPECT_EQ(answer("123456", at(1)), Reason::right);
}

TEST_F(SentCodes, IsBoundToTheServiceAndTheExactSource) {
    for (const SentFor& other : {SentFor{"sudo", ssh.source}, SentFor{"sshd", "host 192.0.2.8"},
                                 SentFor{"sshd", "portal 192.0.2.7"}, SentFor{"sshdhost", " 192.0.2.7"}}) {
        EXPECT_EQ(answer("123456", at(0), other), Reason::wrong) << other.service << other.source;
        EXPECT_EQ(state_.sent.wrong, 0) << "nobody voids it from elsewhere";
    }
    EXPECT_EQ(answer("123456"), Reason::right);
}

TEST_F(SentCodes, IsVoidAfterThreeWrongAnswers) {
    EXPECT_EQ(answer("000000"), Reason::wrong);
    EXPECT_EQ(answer("000001"), Reason::wrong);
    EXPECT_TRUE(alive());
    EXPECT_EQ(answer("000002"), Reason::wrong);
    EXPECT_FALSE(alive());
    EXPECT_EQ(answer("123456"), Reason::wrong);
    EXPECT_EQ(failures(), 4U);
}

TEST_F(SentCodes, TwoWrongAnswersDoNotVoidIt) {
    EXPECT_EQ(answer("000000"), Reason::wrong);
    EXPECT_EQ(answer("000001"), Reason::wrong);
    EXPECT_EQ(answer("123456"), Reason::right);
}

TEST_F(SentCodes, ANewOneVoidsTheOldAndForgivesNothing) {
    EXPECT_EQ(answer("000000"), Reason::wrong);
    state_.sent = sent("654321");
    EXPECT_EQ(failures(), 1U);
    EXPECT_EQ(answer("123456"), Reason::wrong);
    EXPECT_EQ(answer("654321"), Reason::right);
}

TEST_F(SentCodes, IsNotJudgedWhileTheCounterWaits) {
    for (int i = 0; i < 6; ++i)
        static_cast<void>(answer("000000"));
    state_.sent = sent("654321");
    EXPECT_EQ(answer("654321"), Reason::throttled);
    EXPECT_EQ(state_.sent.wrong, 0);
    EXPECT_EQ(answer("654321", at(31)), Reason::right);
}

TEST_F(SentCodes, WithoutOneNothingIsRight) {
    state_.sent = {};
    EXPECT_EQ(answer("123456"), Reason::wrong);
    EXPECT_EQ(answer(""), Reason::wrong);
    EXPECT_FALSE(alive());
}

TEST_F(SentCodes, OfAnotherAccountIsWrong) {
    state_.sent = make_sent_code(ring_, RecordName::of(name_of("bob")),
                                 Secret::copy_of(std::string_view("123456")), ssh, at(300))
                      .value();
    EXPECT_EQ(answer("123456"), Reason::wrong);
}

TEST_F(SentCodes, OfAKeyThatIsGoneIsWrong) {
    ring_ = Keyring::generate(randomness_);
    EXPECT_EQ(answer("123456"), Reason::wrong);
}

TEST_F(SentCodes, LivesForTheSameServiceAndSourceUntilItsEnd) {
    EXPECT_TRUE(alive(at(300)));
    EXPECT_FALSE(alive(at(301)));
    EXPECT_FALSE(alive(at(0), {"sudo", ssh.source}));
    state_.sent.undelivered = true;
    EXPECT_FALSE(alive()) << "another one is to be sent";
    EXPECT_EQ(answer("123456"), Reason::right) << "but it may have come all the same";
    EXPECT_FALSE(alive()) << "it was used";
}

TEST_F(SentCodes, DamageVoidsIt) {
    state_ = after_damage(state_, &credential_, 1, at(0));
    EXPECT_EQ(answer("123456"), Reason::wrong);
}

TEST_F(SentCodes, EnrollingAgainVoidsIt) {
    state_ = state_after_enrollment(state_, credential_, {});
    EXPECT_EQ(answer("123456"), Reason::wrong);
}

// --- the budget ---

const RateLimit limits[] = {{3, minutes{15}}, {10, std::chrono::days{1}}};

TEST(SendingBudget, HoldsEachLimit) {
    State state;
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(may_send(state, SendAsker::owner, limits, at(i)));
        record_send(state, SendAsker::owner, at(i));
    }
    EXPECT_FALSE(may_send(state, SendAsker::owner, limits, at(3)));
    EXPECT_FALSE(may_send(state, SendAsker::owner, limits, at(899)));
    EXPECT_TRUE(may_send(state, SendAsker::owner, limits, at(900))) << "the first one is 15 minutes old";
}

TEST(SendingBudget, HoldsTheLimitOfADayAlsoWhenSlowlyUsedUp) {
    State state;
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(may_send(state, SendAsker::owner, limits, at(i * 600))) << i;
        record_send(state, SendAsker::owner, at(i * 600));
    }
    EXPECT_FALSE(may_send(state, SendAsker::owner, limits, at(80'000)));
    EXPECT_TRUE(may_send(state, SendAsker::owner, limits, at(86'400)));
}

TEST(SendingBudget, KeepsTheNewestTen) {
    State state;
    for (int i = 0; i < 12; ++i)
        record_send(state, SendAsker::owner, at(i));
    ASSERT_EQ(state.sends.size(), max_remembered_sends);
    EXPECT_EQ(state.sends.front(), at(11));
    EXPECT_EQ(state.sends.back(), at(2));
}

TEST(SendingBudget, WhatDidNotLeaveIsTakenBack) {
    State state;
    record_send(state, SendAsker::owner, at(0));
    record_send(state, SendAsker::owner, at(5));
    take_back_send(state, SendAsker::owner, at(0));
    take_back_send(state, SendAsker::owner, at(77));
    EXPECT_EQ(state.sends, std::vector{at(5)});
}

TEST(SendingBudget, AClockThatWasAheadDoesNotHoldMessagesBackForYears) {
    State state;
    for (int i = 0; i < 10; ++i)
        record_send(state, SendAsker::owner, at(1'000'000'000));
    EXPECT_TRUE(may_send(state, SendAsker::owner, limits, at(0)));
    state.sends.assign(3, at(600));
    EXPECT_FALSE(may_send(state, SendAsker::owner, limits, at(0))) << "a jump of minutes opens nothing";
}

}  // namespace
}  // namespace secondstep
