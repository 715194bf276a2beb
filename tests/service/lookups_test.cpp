#include "secondstepd/lookups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace secondstep::testing {
namespace {

using service::Limits;
using service::Lookups;

constexpr Limits::Holder root{.uid = 0, .rank = Limits::Rank::root};

const auto somebody = std::make_shared<const int>();

constexpr Limits::Holder user(uid_t uid) {
    return {.uid = uid, .rank = Limits::Rank::user};
}

TEST(Lookups, OnlySoManyRunAtOnce) {
    Lookups lookups;
    std::vector<Lookups::Turn> turns;
    for (std::size_t i = 0; i < Lookups::most; ++i) {
        auto turn = lookups.begin(root);
        ASSERT_TRUE(turn);
        turns.push_back(std::move(*turn));
    }
    EXPECT_FALSE(lookups.begin(root));
    turns.pop_back();
    EXPECT_TRUE(lookups.begin(root)) << "and is given back at once";
    EXPECT_TRUE(lookups.begin(root));
}

TEST(Lookups, WhoWaitsRunsInTheirOrderWhenATurnIsGivenBack) {
    Lookups lookups;
    std::vector<Lookups::Turn> turns;
    while (auto turn = lookups.begin(root))
        turns.push_back(std::move(*turn));
    std::vector<int> ran;
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(lookups.wait(root, somebody, [&, i](Lookups::Turn) { ran.push_back(i); }));
    lookups.run_waiting();
    EXPECT_TRUE(ran.empty()) << "all turns are taken";
    turns.pop_back();
    lookups.run_waiting();
    EXPECT_EQ(ran, (std::vector<int>{0, 1, 2})) << "one after the other in the turn that is free";
    EXPECT_TRUE(lookups.begin(root));
}

TEST(Lookups, OneUserHasTwoAndAllUsersLeaveSomeToRoot) {
    Lookups lookups;
    std::vector<Lookups::Turn> turns;
    for (uid_t uid = 1000; uid < 1010; ++uid)
        while (auto turn = lookups.begin(user(uid))) {
            turns.push_back(std::move(*turn));
            ASSERT_LE(std::ranges::count(turns, uid, [](const auto& one) { return one.holder().uid; }), 2);
        }
    EXPECT_EQ(turns.size(), Lookups::most - 2);
    EXPECT_TRUE(lookups.begin(root));
}

TEST(Lookups, WhoHasAllThatIsTheirsHoldsUpNobodyBehindThem) {
    Lookups lookups;
    std::vector<Lookups::Turn> turns;
    while (auto turn = lookups.begin(user(1000)))
        turns.push_back(std::move(*turn));
    std::vector<uid_t> ran;
    for (const Limits::Holder& whose : {user(1000), user(1001), root})
        ASSERT_TRUE(lookups.wait(whose, somebody,
                                 [&](const Lookups::Turn& turn) { ran.push_back(turn.holder().uid); }));
    lookups.run_waiting();
    EXPECT_EQ(ran, (std::vector<uid_t>{1001, 0}));
    turns.pop_back();
    lookups.run_waiting();
    EXPECT_EQ(ran, (std::vector<uid_t>{1001, 0, 1000}));
}

// Between "all are taken" and "I wait" all others may have ended, with nobody left to run it.
TEST(Lookups, WhoBeginsToWaitWhenAllHaveEndedRunsThemselves) {
    Lookups lookups;
    bool ran = false;
    ASSERT_TRUE(lookups.wait(root, somebody, [&](Lookups::Turn) { ran = true; }));
    lookups.run_waiting();
    EXPECT_TRUE(ran);
}

TEST(Lookups, TheQueueHasAnEnd) {
    Lookups lookups;
    std::vector<Lookups::Turn> turns;
    while (auto turn = lookups.begin(root))
        turns.push_back(std::move(*turn));
    for (std::size_t i = 0; i < Lookups::longest_queue; ++i)
        ASSERT_TRUE(lookups.wait(root, somebody, [](Lookups::Turn) {}));
    EXPECT_FALSE(lookups.wait(root, somebody, [](Lookups::Turn) {}));
}

TEST(Lookups, WhoHasGoneHasNoPlaceInTheQueue) {
    Lookups lookups;
    std::vector<Lookups::Turn> turns;
    while (auto turn = lookups.begin(root))
        turns.push_back(std::move(*turn));
    for (std::size_t i = 0; i < Lookups::longest_queue; ++i)
        ASSERT_TRUE(lookups.wait(root, std::make_shared<const int>(), [](Lookups::Turn) {}));
    EXPECT_TRUE(lookups.wait(root, somebody, [](Lookups::Turn) {}));
}

TEST(Lookups, LeaveOneThreadOfFewToEverythingElse) {
    Lookups lookups;
    lookups.have_threads(4);
    std::vector<Lookups::Turn> turns;
    while (auto turn = lookups.begin(root))
        turns.push_back(std::move(*turn));
    EXPECT_EQ(turns.size(), 3U);
}

TEST(Lookups, AreOneAtATimeAlsoWhereThereIsOneThread) {
    Lookups lookups;
    lookups.have_threads(1);
    const auto turn = lookups.begin(user(1000));
    EXPECT_TRUE(turn);
    EXPECT_FALSE(lookups.begin(root));
}

}  // namespace
}  // namespace secondstep::testing
