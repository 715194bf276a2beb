// Rules that ask for the second step less often: remember (the client), repeat (the code).

#include "account/remembered_clients.h"
#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

using dialogue::Request;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::no_answer;
using testing::Transcript;

class Remember : public testing::Conversation {
  protected:
    Remember() { configure("remember = 8h\n"); }
    // Is nobody asked?
    bool passes(const Request& request) {
        const Transcript login = world_.login(request, {no_answer});
        if (login.verdict == Verdict::accepted) {
            EXPECT_EQ(world_.last_decision().reason, "remembered");
        }
        return login.verdict == Verdict::accepted && testing::asks_in(login) == 0;
    }
    void log_in_once() { ASSERT_EQ(log_in({code()}).verdict, Verdict::accepted); }
};

TEST_F(Remember, TheSameClientIsNotAskedAgain) {
    EXPECT_FALSE(passes(request()));
    log_in_once();
    EXPECT_TRUE(passes(request()));
    EXPECT_TRUE(passes(from("::ffff:192.0.2.7"))) << "the same address";
}

TEST_F(Remember, AnotherOneIs) {
    log_in_once();
    EXPECT_FALSE(passes(from("192.0.2.8"))) << "a neighbour";
    EXPECT_FALSE(passes(from("host.example"))) << "a name proves nothing";
    EXPECT_FALSE(passes(from("")));
    Request other = request();
    other.service = "sudo";
    EXPECT_FALSE(passes(other));
    world_.add_enrolled("bob", 1001);
    Request bob = request();
    bob.user = "bob";
    EXPECT_FALSE(passes(bob));
}

TEST_F(Remember, ItIsAskedWhereTheFirstFactorMayHaveFailed) {
    log_in_once();
    Request plain = request();
    plain.first_factor_passed = false;
    EXPECT_FALSE(passes(plain)) << "no prompt would tell that somebody logged in from there";
    Request combined = request();
    combined.combined = true;
    EXPECT_FALSE(passes(combined)) << "the password is in that line";
}

TEST_F(Remember, EndsAndIsNotMovedByPassing) {
    log_in_once();
    world_.pass(hours{4});
    EXPECT_TRUE(passes(request()));
    world_.pass(hours{4} + seconds{1});
    EXPECT_FALSE(passes(request()));
}

TEST_F(Remember, EndsWithTheRule) {
    log_in_once();
    configure("");
    EXPECT_FALSE(passes(request()));
}

TEST_F(Remember, NothingIsWithoutTheRule) {
    configure("");
    log_in_once();
    EXPECT_TRUE(state().clients.empty());
    configure("remember = 8h\n");
    EXPECT_FALSE(passes(request()));
}

TEST_F(Remember, WhatAnOrdinaryUidSaysIsNotBelieved) {
    Request own = request();
    own.caller = dialogue::Caller::own_uid;
    own.uid = 1000;
    ASSERT_EQ(world_.login(own, {code()}).verdict, Verdict::accepted);
    EXPECT_TRUE(state().clients.empty());
    world_.pass(seconds{30});
    log_in_once();
    EXPECT_FALSE(passes(own));
}

TEST_F(Remember, WhoHasToEnrollAgainIsAsked) {
    log_in_once();
    state().enrollment_forced = true;
    EXPECT_FALSE(passes(request()));
}

TEST_F(Remember, OnlyTheCodeOfADeviceIs) {
    ASSERT_EQ(log_in({recovery_code(0)}).verdict, Verdict::accepted);
    EXPECT_FALSE(passes(request()));
    ASSERT_EQ(log_in({give(GrantKind::temporary)}).verdict, Verdict::accepted);
    EXPECT_FALSE(passes(request()));
}

TEST_F(Remember, ANewAuthenticatorForgetsThemAll) {
    log_in_once();
    ASSERT_EQ(world_.login(from("203.0.113.9"), {"?", "2", recovery_code(0), "t", no_answer}).verdict,
              Verdict::cancelled);
    EXPECT_TRUE(passes(request())) << "before the commit";
    world_.pass(seconds{2});
    const testing::Typed there = code_of_the_shown_key();
    ASSERT_EQ(world_.login(from("203.0.113.9"), {"?", "2", recovery_code(0), "t", there, "saved"}).verdict,
              Verdict::accepted);
    EXPECT_FALSE(passes(request()));
}

// --- what it proves ---

// An address that was let off for a while is no second factor, and makes none.
TEST_F(Remember, WhoIsLetInUnaskedIsOfferedNothingInTheAccountPhase) {
    state().recovery.not_saved = true;
    Request login = request();
    login.enroll_in_account = true;
    Request account = in_account_phase();
    const auto is_offered_something = [&](const testing::OpenDialogue& before) {
        EXPECT_EQ(before.verdict(), Verdict::accepted);
        account.proof = before.proof();
        return !world_.login(account, {""}).texts.empty();
    };
    testing::OpenDialogue with_a_code(world_, login);
    with_a_code.type({code()});
    EXPECT_TRUE(is_offered_something(with_a_code));
    const testing::OpenDialogue remembered(world_, login);
    EXPECT_TRUE(remembered.proof().empty());
    EXPECT_FALSE(is_offered_something(remembered));
}

// --- the same code again ---

class Repeat : public testing::Conversation {
  protected:
    Repeat() { configure("repeat = 10m\n"); }
    // As a portal asks: password and code with every request.
    Request in_portal(const std::string& rhost = "192.0.2.7") {
        Request request = from(rhost);
        request.service = "nginx";
        request.combined = true;
        return request;
    }
    bool accepts(const Request& request, const std::string& code) {
        return world_.login(request, {code, no_answer}).verdict == Verdict::accepted;
    }
    [[nodiscard]] const std::string& reason_before_hanging_up() const {
        return world_.journal.decisions.at(world_.journal.decisions.size() - 2).reason;
    }
};

TEST_F(Repeat, TheSameCodeIsAcceptedAgainAndEnds) {
    const std::string once = code();
    EXPECT_TRUE(accepts(in_portal(), once));
    for (int i = 0; i < 9; ++i) {
        world_.pass(minutes{1});
        EXPECT_TRUE(accepts(in_portal(), once)) << i;
        EXPECT_EQ(world_.last_decision().reason, "repeated");
    }
    world_.pass(minutes{1});
    EXPECT_FALSE(accepts(in_portal(), once)) << "repeating it does not move its end";
}

TEST_F(Repeat, WhatIsAcceptedAgainProvesNothingNew) {
    state().recovery.not_saved = true;
    testing::OpenDialogue first(world_, request());
    first.type({code(), ""});
    EXPECT_EQ(first.verdict(), Verdict::accepted) << "after the offer of new codes";
    EXPECT_FALSE(first.proof().empty());
    testing::OpenDialogue again(world_, request());
    again.type({code()});
    EXPECT_EQ(again.verdict(), Verdict::accepted);
    EXPECT_EQ(again.texts().size(), 1U) << "no offer";
    EXPECT_TRUE(again.proof().empty());
    state().enrollment_forced = true;
    EXPECT_EQ(log_in({code(), no_answer}).verdict, Verdict::cancelled) << "nor a way to a new second step";
}

TEST_F(Repeat, FromAnotherAddressForAnotherServiceOrAccountItIsUsedUp) {
    const std::string once = code();
    ASSERT_TRUE(accepts(in_portal(), once));
    EXPECT_FALSE(accepts(in_portal("192.0.2.8"), once));
    EXPECT_EQ(reason_before_hanging_up(), "reused");
    Request other = in_portal();
    other.service = "apache";
    EXPECT_FALSE(accepts(other, once));
    other = in_portal("");
    EXPECT_FALSE(accepts(other, once));
    world_.add_person("bob", 1001);
    world_.enroll("bob", 1001).credential->authenticators.front().key =
        record().credential->authenticators.front().key.clone();
    Request bob = in_portal();
    bob.user = "bob";
    world_.pass(minutes{5});
    EXPECT_TRUE(accepts(in_portal(), once));
    EXPECT_FALSE(accepts(bob, once));
}

TEST_F(Repeat, WithoutTheRuleItIsUsedUp) {
    const std::string once = code();
    ASSERT_TRUE(accepts(in_portal(), once));
    configure("");
    EXPECT_FALSE(accepts(in_portal(), once));
    EXPECT_EQ(reason_before_hanging_up(), "reused");
    configure("repeat = 10m\n");
    EXPECT_TRUE(accepts(in_portal(), once));
}

TEST_F(Repeat, NotWhileTheCounterWaits) {
    const std::string once = code();
    ASSERT_TRUE(accepts(in_portal(), once));
    const std::string wrong = world_.wrong_code("alice");
    for (int i = 0; i < 6; ++i)
        EXPECT_FALSE(accepts(in_portal(), wrong));
    EXPECT_FALSE(accepts(in_portal(), once));
    EXPECT_EQ(reason_before_hanging_up(), "throttled");
    world_.pass(seconds{31});
    EXPECT_TRUE(accepts(in_portal(), once));
}

TEST_F(Repeat, DoesNotClearTheFailuresNorRememberTheClient) {
    const std::string once = code();
    ASSERT_TRUE(accepts(in_portal(), once));
    ASSERT_FALSE(accepts(in_portal(), world_.wrong_code("alice")));
    configure("repeat = 10m\nremember = 8h\n");
    ASSERT_TRUE(accepts(in_portal(), once));
    EXPECT_TRUE(state().clients.empty());
    ASSERT_FALSE(state().known.empty());
    EXPECT_EQ(state().known.front().failures.count, 1U);
}

TEST_F(Repeat, OnlyWhatWasAcceptedIsRepeated) {
    const std::string wrong = world_.wrong_code("alice");
    EXPECT_FALSE(accepts(in_portal(), wrong));
    EXPECT_FALSE(accepts(in_portal(), wrong));
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    const std::string right = code();
    EXPECT_FALSE(accepts(in_portal(), right));
    world_.store->write_error.reset();
    ASSERT_TRUE(accepts(in_portal("203.0.113.9"), right));
    EXPECT_FALSE(accepts(in_portal(), right)) << "it was never stored there";
}

TEST_F(Repeat, WhatAnOrdinaryUidSaysIsNotBelieved) {
    Request own = in_portal();
    own.caller = dialogue::Caller::own_uid;
    own.uid = 1000;
    const std::string once = code();
    ASSERT_TRUE(accepts(own, once));
    EXPECT_FALSE(accepts(own, once));
}

TEST_F(Repeat, ANewAuthenticatorVoidsTheCodesOfTheOldOne) {
    const std::string once = code();
    ASSERT_TRUE(accepts(in_portal(), once));
    ASSERT_EQ(log_in({"?", "2", recovery_code(0), "t", code_of_the_shown_key(), "saved"}).verdict,
              Verdict::accepted);
    EXPECT_FALSE(accepts(in_portal(), once)) << "whoever has the old phone has typed it";
}

TEST_F(Repeat, ARecoveryCodeIsNot) {
    ASSERT_TRUE(accepts(in_portal(), recovery_code(0)));
    world_.pass(seconds{2});
    EXPECT_FALSE(accepts(in_portal(), recovery_code(0)));
}

}  // namespace
}  // namespace secondstep
