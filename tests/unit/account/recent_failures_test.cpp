#include "account/recent_failures.h"

#include <gtest/gtest.h>

#include "account/code_gate.h"
#include "account/known_sources.h"
#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Source home = address("192.0.2.7");
const Source office = address("198.51.100.7");
const Source stranger = address("203.0.113.9");
const Source portal{SourceKind::trusted_caller, {}};

State at_home_and_in_the_office() {
    State state = enrolled_state();
    remember(state, home, at(-60));
    remember(state, office, at(-50));
    return state;
}

TEST(RecentFailures, StrangersOwnProgramsAndPortalsHaveTenEach) {
    for (const Source& source : {stranger, own_uid_source(), portal}) {
        State state = at_home_and_in_the_office();
        for (int i = 0; i < 10; ++i) {
            EXPECT_FALSE(too_many_until(state, source, at(i))) << i;
            record_recent_failure(state, source, at(i));
        }
        EXPECT_EQ(too_many_until(state, source, at(10)), at(0) + hours{24});
        for (const Source& other : {stranger, own_uid_source(), portal, home})
            EXPECT_EQ(too_many_until(state, other, at(10)).has_value(), other == source);
    }
}

TEST(RecentFailures, AllStrangersTogether) {
    State state = enrolled_state();
    for (int i = 0; i < 10; ++i)
        record_recent_failure(state, address("198.51." + std::to_string(i) + ".1"), at(i));
    EXPECT_TRUE(too_many_until(state, stranger, at(10)));
}

TEST(RecentFailures, AKnownSourceHasThirty) {
    State state = at_home_and_in_the_office();
    for (int i = 0; i < 30; ++i) {
        EXPECT_FALSE(too_many_until(state, home, at(i))) << i;
        record_recent_failure(state, home, at(i));
    }
    EXPECT_EQ(too_many_until(state, home, at(40)), at(0) + hours{24});
    EXPECT_FALSE(too_many_until(state, office, at(40)));
}

TEST(RecentFailures, AllKnownSourcesTogetherHaveSixty) {
    State state = enrolled_state();
    std::vector<Source> known;
    for (int i = 0; i < 30; ++i) {
        known.push_back(address("192.0." + std::to_string(i) + ".1"));
        remember(state, known.back(), at(-60));
    }
    for (int i = 0; i < 60; ++i)
        record_recent_failure(state, known[static_cast<std::size_t>(i / 2)], at(i));
    for (const Source& source : known)
        EXPECT_EQ(too_many_until(state, source, at(60)), at(0) + hours{24});
}

TEST(RecentFailures, TheyAreExactlyThoseOfTheLastDay) {
    State state = enrolled_state();
    for (int i = 0; i < 10; ++i)
        record_recent_failure(state, stranger, at(3600 * i));
    EXPECT_TRUE(too_many_until(state, stranger, at(0) + hours{24} - seconds{1}));
    EXPECT_FALSE(too_many_until(state, stranger, at(0) + hours{24}));
    record_recent_failure(state, stranger, at(0) + hours{24});
    EXPECT_EQ(too_many_until(state, stranger, at(0) + hours{24}), at(3600) + hours{24});
}

TEST(RecentFailures, NoSuccessClearsThem) {
    State state = at_home_and_in_the_office();
    for (int i = 0; i < 30; ++i) {
        record_recent_failure(state, home, at(i));
        remember(state, home, at(i));
    }
    EXPECT_TRUE(too_many_until(state, home, at(31)));
}

TEST(RecentFailures, OneFromAClockAheadCountsADayFromWhenItWasSeen) {
    State state = enrolled_state();
    for (int i = 0; i < 10; ++i)
        record_recent_failure(state, stranger, at(0) + hours{10'000});
    EXPECT_EQ(too_many_until(state, stranger, at(0)), at(0) + hours{24});
    forget_old_failures(state.recent, at(0));
    EXPECT_FALSE(too_many_until(state, stranger, at(0) + hours{24}));
}

TEST(RecentFailures, OneOfAKnownSourceFromAClockAheadCountsADayFromWhenItWasSeenToo) {
    State state = at_home_and_in_the_office();
    for (int i = 0; i < 30; ++i)
        record_recent_failure(state, home, at(0));
    for (RecentFailures::OfKnown& one : state.recent.known)
        one.when = at(0) + hours{10'000};
    EXPECT_EQ(too_many_until(state, home, at(1)), at(1) + hours{24});
    forget_old_failures(state.recent, at(1));
    EXPECT_FALSE(too_many_until(state, home, at(1) + hours{24}));
}

TEST(RecentFailures, AClockSetBackOpensNothing) {
    State state = enrolled_state();
    for (int i = 0; i < 10; ++i)
        record_recent_failure(state, stranger, at(0));
    EXPECT_TRUE(too_many_until(state, stranger, at(0) - hours{100}));
}

// --- both counters ---

TEST(CodeGate, WaitsForWhicheverCounterEndsLater) {
    State state = enrolled_state();
    state.strangers = {.count = 6, .last = at(0), .wait_until = at(30)};
    EXPECT_EQ(code_gate(state, stranger, at(0)), Gate::waiting);
    EXPECT_EQ(throttled_until(state, stranger, at(0)), at(30));
    for (int i = 0; i < 10; ++i)
        record_recent_failure(state, stranger, at(0));
    EXPECT_EQ(throttled_until(state, stranger, at(0)), at(0) + hours{24});
    EXPECT_EQ(code_gate(state, stranger, at(31)), Gate::waiting);
    EXPECT_EQ(code_gate(state, stranger, at(0) + hours{24}), Gate::open);
    EXPECT_EQ(throttled_until(state, stranger, at(0) + hours{24}), std::nullopt);
    state.strangers.count = closing_failures;
    EXPECT_EQ(code_gate(state, stranger, at(0)), Gate::closed);
    EXPECT_EQ(throttled_until(state, stranger, at(0)), std::nullopt) << "no time opens it";
}

// --- a month of guessing, over the real verify() ---

constexpr auto month = std::chrono::days{30};

// Guesses whenever it is judged, for thirty days, while the owner logs in so often that nothing ever waits
// for long: the worst timing for the counter of failures in a row.
class Month {
  public:
    explicit Month(std::vector<Source> attackers) : attackers_(std::move(attackers)) {}

    std::vector<Source> known;       // where the owner is at home
    bool owner_is_there_too = true;  // logs in from where the attacker is
    std::size_t guesses = 0;         // that were judged
    std::size_t logins = 0;          // of the owner, with codes
    std::size_t accepted = 0;
    std::size_t recovered = 0;  // with recovery codes, from a new address
    std::size_t recoveries = 0;

    void pass() {
        for (const Source& source : known)
            remember(state_, source, now_);
        const UnixTime end = now_ + month;
        for (; now_ < end; now_ += minutes{5}) {
            for (const Source& source : attackers_)
                guess(source);
            for (const Source& source : owner_is_there_too ? attackers_ : known)
                log_in(source);
            if ((now_ - at(0)) % hours{24} == seconds{0}) recover();
        }
    }

  private:
    Reason answer(const Source& source, const Answer& answer) {
        const auto result = verify(credential_, state_, source, answer, {}, {1}, now_);
        state_ = result->next;
        return result->reason;
    }
    // Until it is not judged any more.
    void guess(const Source& source) {
        while (code_gate(state_, source, now_) == Gate::open) {
            ASSERT_EQ(answer(source, OtpAnswer{Secret::copy_of(std::string_view("xxxxxx"))}), Reason::wrong);
            ++guesses;
            if (owner_is_there_too && guesses % 4 == 0) clear(source);
        }
    }
    // What a login of the owner at the best moment for the attacker does: the counter in a row is clean.
    void clear(const Source& source) { counter_of(state_, source, now_) = {}; }
    void log_in(const Source& source) {
        if (owner_is_there_too) return clear(source);
        ++logins;
        if (answer(source, totp_answer(credential_, now_)) == Reason::right) ++accepted;
    }
    void recover() {
        credential_.recovery = sample_recovery_set(10, static_cast<std::uint8_t>(++recoveries));
        if (answer(stranger, recovery_answer(credential_, 0)) == Reason::right) ++recovered;
        // Another one than the month before: the address of that login is a stranger's again.
        std::erase_if(state_.known, [](const KnownSource& one) { return one.source == stranger; });
    }

    std::vector<Source> attackers_;
    Credential credential_ = sample_credential();
    State state_ = enrolled_state();
    UnixTime now_ = at(0);
};

constexpr std::size_t most_in_a_month = 1'900;

TEST(RecentFailures, NoAttackerOfOneKindHasMoreThanNineteenHundredGuessesAMonth) {
    std::vector<Source> many;
    for (int i = 0; i < 30; ++i)
        many.push_back(address("192.0." + std::to_string(i) + ".1"));
    const struct {
        std::string_view who;
        std::vector<Source> from;
        bool known;
        std::size_t at_least;  // the attack takes place
    } kinds[] = {{"a stranger", {stranger}, false, 290},
                 {"a known source that the owner shares", {home}, true, 890},
                 {"all known sources together", many, true, 1'790},
                 {"a program of the owner's uid", {own_uid_source()}, false, 290},
                 {"a portal", {portal}, false, 290}};
    for (const auto& kind : kinds) {
        Month attack(kind.from);
        if (kind.known) attack.known = kind.from;
        attack.pass();
        EXPECT_LE(attack.guesses, most_in_a_month) << kind.who;
        EXPECT_GE(attack.guesses, kind.at_least) << kind.who;
    }
}

TEST(RecentFailures, DuringAnAttackTheOwnerGetsInWithARecoveryCodeAndAtHomeWithCodes) {
    std::vector<Source> many;
    for (int i = 0; i < 20; ++i)
        many.push_back(address("198.51." + std::to_string(i) + ".1"));
    Month attack(many);
    attack.known = {home};
    attack.owner_is_there_too = false;
    attack.pass();
    EXPECT_LE(attack.guesses, most_in_a_month);
    EXPECT_EQ(attack.recovered, attack.recoveries);
    EXPECT_EQ(attack.recoveries, 30U);
    EXPECT_GE(attack.accepted * 100, attack.logins * 99);
}

// What the second counter holds back, and what it does not.
TEST(RecentFailures, HoldBackDigitsAndNoCodeThatIsAWayOut) {
    Credential credential = sample_credential();
    State state = enrolled_state();
    for (int i = 0; i < 10; ++i)
        record_recent_failure(state, stranger, at(0));
    const auto judged = [&](const Answer& answer) {
        return verify(credential, state, stranger, answer, {}, {1}, at(1))->reason;
    };
    EXPECT_EQ(judged(totp_answer(credential, at(1))), Reason::throttled);
    EXPECT_EQ(judged(recovery_answer(credential, 0)), Reason::right);
    state.temporary = {.given = true, .key = {}, .digest = {7}, .until = at(100)};
    EXPECT_EQ(judged(TemporaryAnswer{Digest{7}}), Reason::right);
    state.registration = {.given = true, .key = {}, .digest = {8}, .until = at(100)};
    EXPECT_EQ(verify_registration(state, stranger, Digest{8}, at(1)).reason, Reason::right);
    state.sent = {.given = true, .digest = {9}, .until = at(100)};
    EXPECT_EQ(judged(SentAnswer{Digest{9}, {}, Secret::copy_of(std::string_view("123456"))}),
              Reason::throttled);
    credential.recovery = sample_scratch_set();
    EXPECT_EQ(judged(ScratchAnswer{scratch_code(0)}), Reason::throttled);
    EXPECT_EQ(judged(OtpAnswer{scratch_code(0)}), Reason::throttled);
}

TEST(RecentFailures, WhatIsNotJudgedIsNotCounted) {
    const Credential credential = sample_credential();
    State state = enrolled_state();
    for (int i = 0; i < 10; ++i)
        record_recent_failure(state, stranger, at(0));
    const RecentFailures before = state.recent;
    const OtpAnswer wrong{Secret::copy_of(std::string_view("xxxxxx"))};
    const auto result =
        verify(credential, state, stranger, OtpAnswer{wrong.digits.clone()}, {}, {1}, at(5000));
    EXPECT_EQ(result->reason, Reason::throttled);
    EXPECT_EQ(result->next.recent, before) << "refusals do not lengthen it";
}

}  // namespace
}  // namespace secondstep
