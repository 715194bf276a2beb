#include "secondstepd/lookups.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace secondstep::testing {
namespace {

using service::Lookups;

TEST(Lookups, OnlySoManyRunAtOnce) {
    Lookups lookups;
    std::vector<Lookups::Turn> turns;
    for (std::size_t i = 0; i < Lookups::most; ++i) {
        auto turn = lookups.begin();
        ASSERT_TRUE(turn);
        turns.push_back(std::move(*turn));
    }
    EXPECT_FALSE(lookups.begin());
    turns.pop_back();
    EXPECT_TRUE(lookups.begin()) << "and is given back at once";
    EXPECT_TRUE(lookups.begin());
}

TEST(Lookups, WhoWaitsRunsInTheirOrderWhenATurnIsGivenBack) {
    Lookups lookups;
    std::vector<Lookups::Turn> turns;
    while (auto turn = lookups.begin())
        turns.push_back(std::move(*turn));
    std::vector<int> ran;
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(lookups.wait([&, i](Lookups::Turn) { ran.push_back(i); }));
    lookups.run_waiting();
    EXPECT_TRUE(ran.empty()) << "all turns are taken";
    turns.pop_back();
    lookups.run_waiting();
    EXPECT_EQ(ran, (std::vector<int>{0, 1, 2})) << "one after the other in the turn that is free";
    EXPECT_TRUE(lookups.begin());
}

// Between "all are taken" and "I wait" all others may have ended, with nobody left to run it.
TEST(Lookups, WhoBeginsToWaitWhenAllHaveEndedRunsThemselves) {
    Lookups lookups;
    bool ran = false;
    ASSERT_TRUE(lookups.wait([&](Lookups::Turn) { ran = true; }));
    lookups.run_waiting();
    EXPECT_TRUE(ran);
}

TEST(Lookups, TheQueueHasAnEnd) {
    Lookups lookups;
    std::vector<Lookups::Turn> turns;
    while (auto turn = lookups.begin())
        turns.push_back(std::move(*turn));
    for (std::size_t i = 0; i < Lookups::longest_queue; ++i)
        ASSERT_TRUE(lookups.wait([](Lookups::Turn) {}));
    EXPECT_FALSE(lookups.wait([](Lookups::Turn) {}));
}

}  // namespace
}  // namespace secondstep::testing
