#include "store/rounds.h"

#include <gtest/gtest.h>

#include <vector>

namespace secondstep {
namespace {

using Milliseconds = Rounds::Milliseconds;
using namespace std::chrono_literals;

std::vector<Milliseconds> waits_of(Rounds rounds, Round ended) {
    std::vector<Milliseconds> waits;
    while (const auto wait = rounds.wait_after(ended))
        waits.push_back(*wait);
    return waits;
}
Milliseconds sum(const std::vector<Milliseconds>& waits) {
    Milliseconds all{};
    for (const Milliseconds wait : waits)
        all += wait;
    return all;
}

TEST(Rounds, WhatIsCertainIsNotTriedAgain) {
    EXPECT_FALSE(Rounds().wait_after(Round::over));
}

TEST(Rounds, ALockIsWaitedForThreeSecondsAndARivalHalfASecondLonger) {
    const auto busy = waits_of(Rounds(), Round::busy);
    EXPECT_EQ((std::vector(busy.begin(), busy.begin() + 5)),
              (std::vector<Milliseconds>{5ms, 10ms, 15ms, 20ms, 20ms}));
    EXPECT_LE(sum(busy), 3000ms);
    EXPECT_GT(sum(busy), 2975ms);
    const auto lost = waits_of(Rounds(), Round::lost);
    EXPECT_LE(sum(lost), 3500ms);
    EXPECT_GT(sum(lost), 3475ms);
}

TEST(Rounds, AnEngineThatIsSilentIsAskedLessOften) {
    const auto waits = waits_of(Rounds(), Round::unknown);
    EXPECT_EQ((std::vector(waits.begin(), waits.begin() + 5)),
              (std::vector<Milliseconds>{20ms, 30ms, 40ms, 50ms, 50ms}));
    EXPECT_LE(sum(waits), 3500ms);
    EXPECT_GT(sum(waits), 3440ms);
}

TEST(Rounds, WhatOtherwiseTookTimeCountsToo) {
    Rounds rounds;
    rounds.took(3490ms);
    EXPECT_FALSE(rounds.used_up());
    EXPECT_TRUE(rounds.wait_after(Round::lost));
    rounds.took(5ms);
    EXPECT_TRUE(rounds.used_up());
    EXPECT_FALSE(rounds.wait_after(Round::lost));
}

TEST(Rounds, WhoeverHasNoTimeTriesOnce) {
    EXPECT_FALSE(Rounds(0ms).wait_after(Round::busy));
    EXPECT_FALSE(Rounds(3s, 0ms).wait_after(Round::unknown));
}

}  // namespace
}  // namespace secondstep
