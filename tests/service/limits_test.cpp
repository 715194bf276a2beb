#include "secondstepd/limits.h"

#include <gtest/gtest.h>

#include <new>
#include <vector>

#include "support/failing_allocation.h"

namespace secondstep::service {
namespace {

using Rank = Limits::Rank;

std::size_t admitted(Limits& limits, uid_t uid, Rank rank, std::size_t tries,
                     std::vector<Limits::Place>& held) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < tries; ++i) {
        if (auto place = limits.admit(uid, rank)) {
            held.push_back(std::move(*place));
            ++count;
        }
    }
    return count;
}

TEST(Limits, AnOrdinaryUidHoldsEight) {
    Limits limits({});
    std::vector<Limits::Place> held;
    EXPECT_EQ(admitted(limits, 1000, Rank::user, 20, held), 8U);
    EXPECT_EQ(admitted(limits, 1001, Rank::user, 20, held), 8U);
}

TEST(Limits, ATrustedCallerHolds256) {
    Limits limits({});
    std::vector<Limits::Place> held;
    EXPECT_EQ(admitted(limits, 33, Rank::trusted, 300, held), 256U);
}

TEST(Limits, WhoCouldNotBeCountedForLackOfMemoryHoldsNothing) {
    Limits limits({.per_user = 1, .per_trusted = 1, .total = 4});
    for (int i = 0; i < 4; ++i) {
        const testing::FailingAllocation fault(1);
        EXPECT_THROW(static_cast<void>(limits.admit(1000, Rank::user)), std::bad_alloc);
    }
    EXPECT_EQ(limits.held(), 0U);
    EXPECT_TRUE(limits.admit(1000, Rank::user));
}

TEST(Limits, APlaceIsGivenBackAtTheEndOfItsDialogue) {
    Limits limits({.per_user = 1, .per_trusted = 1, .total = 4});
    for (int i = 0; i < 10; ++i) {
        const auto place = limits.admit(1000, Rank::user);
        EXPECT_TRUE(place.has_value());
    }
    EXPECT_EQ(limits.held(), 0U);
}

TEST(Limits, AMovedPlaceIsGivenBackOnce) {
    Limits limits({.per_user = 2, .per_trusted = 2, .total = 4});
    {
        auto first = limits.admit(1000, Rank::user);
        const Limits::Place second = std::move(*first);
        EXPECT_EQ(limits.held(), 1U);
    }
    EXPECT_EQ(limits.held(), 0U);
}

TEST(Limits, RootIsHeldByTheTotalOnly) {
    Limits limits({.per_user = 1, .per_trusted = 1, .total = 100});
    std::vector<Limits::Place> held;
    EXPECT_EQ(admitted(limits, 0, Rank::root, 200, held), 100U);
}

TEST(Limits, ManyUidsTogetherLeaveAQuarterForRoot) {
    Limits limits({.per_user = 8, .per_trusted = 256, .total = 100});
    std::vector<Limits::Place> held;
    std::size_t others = 0;
    for (uid_t uid = 1000; uid < 1050; ++uid)
        others += admitted(limits, uid, Rank::user, 8, held);
    EXPECT_EQ(others, 75U);
    EXPECT_EQ(admitted(limits, 0, Rank::root, 200, held), 25U);
}

TEST(Limits, TheTotalLeavesDescriptorsForFiles) {
    EXPECT_EQ(Limits::fitting_descriptors(20000).total, 16384U);
    EXPECT_EQ(Limits::fitting_descriptors(1024).total, 896U);
    EXPECT_LE(Limits::fitting_descriptors(100).total, 100U);
}

}  // namespace
}  // namespace secondstep::service
