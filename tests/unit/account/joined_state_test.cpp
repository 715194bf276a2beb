// What two stores know of one account, put together.

#include "account/joined_state.h"

#include <gtest/gtest.h>

#include "account/known_sources.h"
#include "account/recent_failures.h"
#include "sample_account.h"

namespace secondstep::testing {
namespace {

// With something in every field that a login can fill.
State used_state(const Credential& credential, std::int64_t later = 0) {
    State state = enrolled_state();
    const UnixTime now = at(later);
    use_of(state, credential.authenticators.front().id, credential) = {
        .id = credential.authenticators.front().id, .used = true, .last = 100U, .last_success = now};
    state.recovery = {.id = credential.recovery->id, .used = 0b101, .last_judged = now};
    state.strangers = {.count = 3, .last = now, .wait_until = {}};
    state.own_uid = {.count = 7, .last = now, .wait_until = now + std::chrono::minutes{1}};
    remember(state, address("192.0.2.7"), now);
    remember(state, address("198.51.100.9"), now + std::chrono::seconds{5});
    record_recent_failure(state, address("192.0.2.7"), now);
    record_recent_failure(state, address("203.0.113.1"), now);
    record_recent_failure(state, own_uid_source(), now);
    state.last_success = now;
    state.last_accepted = {1, 2, 3};
    state.last_factor = Factor::authenticator;
    state.notice = {.change = Change::renewed_codes, .when = now, .from = "web01"};
    state.clients = {{.service = "sshd", .address = "192.0.2.7", .since = now, .until = at(3600)}};
    state.sends = {at(-10), at(-20)};
    state.portal_sends = {at(-30)};
    return state;
}

TEST(JoinedState, OfAnEmptyPlaceIsWhatArrives) {
    const Credential alice = sample_credential();
    const State arriving = used_state(alice);
    EXPECT_EQ(joined(State{}, arriving, alice), arriving);
}

TEST(JoinedState, WithItselfOrWithWhatIsInItIsTheSame) {
    const Credential alice = sample_credential();
    const State one = used_state(alice);
    State other = used_state(alice, 90);
    remember(other, address("10.0.0.1"), at(95));
    record_recent_failure(other, address("10.0.0.1"), at(96));
    EXPECT_EQ(joined(one, one, alice), one);
    const State both = joined(one, other, alice);
    EXPECT_EQ(joined(both, other, alice), both);
    EXPECT_EQ(joined(both, one, alice), both);
}

TEST(JoinedState, NothingUsedInOneOfThemIsGoodAfterIt) {
    const Credential alice = sample_credential();
    const AuthenticatorId id = alice.authenticators.front().id;
    for (const bool arrives_newer : {true, false}) {
        State older = used_state(alice);
        State newer = used_state(alice);
        use_of(newer, id, alice).last = 200;
        newer.recovery.used = 0b010;
        newer.recovery.not_saved = true;
        const State both = arrives_newer ? joined(older, newer, alice) : joined(newer, older, alice);
        EXPECT_EQ(find_use(both, id)->last, 200U);
        EXPECT_EQ(both.recovery.used, 0b111U);
        EXPECT_FALSE(both.recovery.not_saved) << "one of the two says that they were saved";
        newer.recovery.closed = true;
        use_of(newer, id, alice).closed = true;
        const State closed = arrives_newer ? joined(older, newer, alice) : joined(newer, older, alice);
        EXPECT_TRUE(closed.recovery.closed);
        EXPECT_TRUE(find_use(closed, id)->closed);
    }
}

TEST(JoinedState, NoFailureWaitOrMessageIsForgotten) {
    const Credential alice = sample_credential();
    State here = used_state(alice);
    State there = used_state(alice);
    there.strangers = {.count = 20, .last = at(50), .wait_until = at(500)};
    there.sends = {at(-5), at(-10)};
    record_recent_failure(there, address("203.0.113.1"), at(40));
    const State both = joined(here, there, alice);
    EXPECT_EQ(both.strangers, there.strangers);
    EXPECT_EQ(both.own_uid, here.own_uid);
    EXPECT_EQ(both.sends, (std::vector<UnixTime>{at(-5), at(-10), at(-20)}));
    EXPECT_EQ(both.recent.strangers.size(), 2U) << "one that both counted is one";
}

// What a hostile store can say, and the owner must not feel.
State raised_state(const Credential& credential) {
    State raised = used_state(credential, 500);
    raised.strangers = raised.own_uid =
        raised.trusted_callers = {.count = 100, .last = at(500), .wait_until = at(5000)};
    raised.recent.strangers.assign(max_recent_failures, at(500));
    raised.recent.known.assign(max_recent_known_failures, {at(500), 0});
    raised.known.clear();
    raised.clients.clear();
    for (std::uint8_t i = 0; i < max_known_sources; ++i)
        raised.known.push_back({.source = address("10.0." + std::to_string(i) + ".1"),
                                .last_success = at(9000),
                                .failures = {.count = 100, .last = at(500), .wait_until = at(5000)},
                                .number = i,
                                .host = {7}});
    for (std::size_t i = 0; i < max_remembered_clients; ++i)
        raised.clients.push_back({.service = "sshd",
                                  .address = "10.0.0." + std::to_string(i),
                                  .since = at(9000),
                                  .until = at(9999),
                                  .host = {7}});
    raised.sends.assign(max_remembered_sends, at(500));
    raised.portal_sends.assign(max_remembered_sends, at(500));
    raised.enrollment_forced = true;
    return raised;
}

TEST(JoinedState, WhereItCountsOfThereNothingThatArrivesHoldsTheOwnerBack) {
    const Credential alice = sample_credential();
    const State here = used_state(alice);
    const State both = joined(here, raised_state(alice), alice, Counting::of_there);
    EXPECT_EQ(both.strangers, here.strangers);
    EXPECT_EQ(both.own_uid, here.own_uid);
    EXPECT_EQ(both.trusted_callers, here.trusted_callers);
    EXPECT_EQ(both.recent, here.recent);
    EXPECT_EQ(both.sends, here.sends);
    EXPECT_EQ(both.portal_sends, here.portal_sends);
    EXPECT_FALSE(both.enrollment_forced);
    EXPECT_EQ(both.known.size(), max_known_sources);
    EXPECT_EQ(both.clients.size(), max_remembered_clients);
    for (const KnownSource& known : here.known)
        EXPECT_NE(std::ranges::find(both.known, known), both.known.end()) << "pushed out";
    for (const RememberedClient& client : here.clients)
        EXPECT_NE(std::ranges::find(both.clients, client), both.clients.end()) << "pushed out";
}

TEST(JoinedState, WhereItCountsOfThereWhatWasUsedUpIsSoAllTheSame) {
    const Credential alice = sample_credential();
    const AuthenticatorId id = alice.authenticators.front().id;
    State arriving = used_state(alice);
    use_of(arriving, id, alice).last = 200;
    arriving.recovery.used = 0b010;
    const State both = joined(used_state(alice), arriving, alice, Counting::of_there);
    EXPECT_EQ(find_use(both, id)->last, 200U);
    EXPECT_EQ(both.recovery.used, 0b111U);
    EXPECT_EQ(joined(both, arriving, alice, Counting::of_there), both) << "done again it changes nothing";
    const State raised = joined(both, raised_state(alice), alice, Counting::of_there);
    EXPECT_EQ(joined(raised, raised_state(alice), alice, Counting::of_there), raised);
}

// Two at the same second are two.
TEST(JoinedState, FailuresOfOneMomentAreNotTakenForOne) {
    const Credential alice = sample_credential();
    State here = enrolled_state();
    State there = enrolled_state();
    here.recent.strangers = {at(0)};
    there.recent.strangers = {at(0), at(0)};
    EXPECT_EQ(joined(here, there, alice).recent.strangers.size(), 2U);
}

TEST(JoinedState, KnownSourcesKeepTheirFailuresThoughTheyAreNumberedAnew) {
    const Credential alice = sample_credential();
    State here = enrolled_state();
    State there = enrolled_state();
    remember(here, address("192.0.2.7"), at(0));
    remember(there, address("198.51.100.9"), at(10));  // has the same number
    record_recent_failure(here, address("192.0.2.7"), at(1));
    for (int i = 0; i < 3; ++i)
        record_recent_failure(there, address("198.51.100.9"), at(11));
    const State both = joined(here, there, alice);
    ASSERT_EQ(both.known.size(), 2U);
    EXPECT_NE(both.known[0].number, both.known[1].number);
    const auto failures_of = [&](const char* place) {
        const auto known = std::ranges::find(both.known, address(place), &KnownSource::source);
        return std::ranges::count(both.recent.known, known->number, &RecentFailures::OfKnown::number);
    };
    EXPECT_EQ(failures_of("192.0.2.7"), 1);
    EXPECT_EQ(failures_of("198.51.100.9"), 3);
}

TEST(JoinedState, ItsBoundsHold) {
    Credential alice = sample_credential();
    State here = enrolled_state();
    State there = enrolled_state();
    for (int i = 0; i < 32; ++i) {
        remember(here, address("10.0." + std::to_string(i) + ".1"), at(i));
        remember(there, address("10.1." + std::to_string(i) + ".1"), at(i));
        record_recent_failure(here, address("10.0." + std::to_string(i) + ".1"), at(100 + i));
        record_recent_failure(there, address("10.1." + std::to_string(i) + ".1"), at(100 + i));
    }
    for (std::uint8_t i = 0; i < 8; ++i) {
        here.uses.push_back({.id = {1, i}, .used = true});
        there.uses.push_back({.id = {2, i}, .used = true});
    }
    there.uses.back().id = alice.authenticators.front().id;
    const State both = joined(here, there, alice);
    EXPECT_EQ(both.known.size(), max_known_sources);
    EXPECT_EQ(both.known.front().last_success, at(31));
    EXPECT_EQ(both.recent.known.size(), max_recent_known_failures);
    EXPECT_EQ(both.uses.size(), max_authenticator_uses);
    EXPECT_NE(find_use(both, alice.authenticators.front().id), nullptr) << "what it has comes first";
}

}  // namespace
}  // namespace secondstep::testing
