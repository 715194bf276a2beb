#include "account/known_sources.h"

#include <gtest/gtest.h>

#include <set>

#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using std::chrono::days;
using std::chrono::seconds;

Source numbered(int number) {
    return address("10.0." + std::to_string(number) + ".1");
}

TEST(KnownSources, ASuccessMakesASourceKnownWithACleanCounter) {
    State state;
    state.strangers.count = 3;
    EXPECT_EQ(&counter_of(state, numbered(1), at(0)), &state.strangers);
    remember(state, numbered(1), at(0));
    ASSERT_EQ(state.known.size(), 1U);
    EXPECT_EQ(&counter_of(state, numbered(1), at(0)), &state.known[0].failures);
    EXPECT_EQ(state.known[0].failures.count, 0U);
    EXPECT_EQ(state.strangers.count, 3U);
    EXPECT_EQ(&counter_of(state, numbered(2), at(0)), &state.strangers);
}

TEST(KnownSources, KeepsTheThirtyTwoNewest) {
    State state;
    for (int i = 0; i < 36; ++i)
        remember(state, numbered(i), at(i));
    ASSERT_EQ(state.known.size(), max_known_sources);
    EXPECT_EQ(state.known.front().source, numbered(35));
    EXPECT_EQ(state.known.back().source, numbered(4));
}

TEST(KnownSources, ASourceThatComesAgainMovesToTheFrontOnce) {
    State state;
    for (int i = 0; i < 3; ++i)
        remember(state, numbered(i), at(i));
    remember(state, numbered(0), at(9));
    ASSERT_EQ(state.known.size(), 3U);
    EXPECT_EQ(state.known.front().source, numbered(0));
    EXPECT_EQ(state.known.front().last_success, at(9));
}

// By them the failures of the last day are told apart: of whom they are, also when others came and went.
TEST(KnownSources, HaveNumbersThatStayWithThem) {
    State state;
    for (int i = 0; i < 36; ++i) {
        remember(state, numbered(i), at(i));
        if (i == 2) state.recent.known.push_back({at(i), state.known.front().number});
    }
    remember(state, numbered(20), at(90));
    std::set<std::uint8_t> numbers;
    for (const KnownSource& known : state.known) {
        numbers.insert(known.number);
        EXPECT_NE(known.number, state.recent.known.front().number) << "of one that was forgotten";
    }
    EXPECT_EQ(numbers.size(), max_known_sources);
    const std::uint8_t number = state.known.front().number;
    remember(state, numbered(20), at(91));
    EXPECT_EQ(state.known.front().number, number);
}

TEST(KnownSources, ForgetsAfterThirtyDays) {
    State state;
    remember(state, numbered(1), at(0));
    EXPECT_EQ(&counter_of(state, numbered(1), at(0) + days(30)), &state.known[0].failures);
    EXPECT_EQ(&counter_of(state, numbered(1), at(0) + days(30) + seconds(1)), &state.strangers);
    remember(state, numbered(2), at(0) + days(30) + seconds(1));
    ASSERT_EQ(state.known.size(), 1U);
    EXPECT_EQ(state.known.front().source, numbered(2));
}

TEST(KnownSources, NeverRemembersAnOwnUid) {
    State state;
    remember(state, own_uid_source(), at(0));
    EXPECT_TRUE(state.known.empty());
    EXPECT_EQ(&counter_of(state, own_uid_source(), at(0)), &state.own_uid);
}

TEST(KnownSources, APortalHasACounterOfItsOwn) {
    State state;
    const Source portal = source_of_rhost("10.0.1.1", SourceKind::trusted_caller).value();
    EXPECT_EQ(&counter_of(state, portal, at(0)), &state.trusted_callers);
    remember(state, numbered(1), at(0));
    EXPECT_EQ(&counter_of(state, portal, at(0)), &state.trusted_callers)
        << "the same address, told by somebody else";
}

TEST(KnownSources, AClockSetBackForgetsNothing) {
    State state;
    remember(state, numbered(1), at(0));
    EXPECT_EQ(&counter_of(state, numbered(1), at(-1'000'000)), &state.known[0].failures);
}

}  // namespace
}  // namespace secondstep
