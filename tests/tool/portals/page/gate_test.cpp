#include "portals/page/gate.h"

#include <gtest/gtest.h>

namespace secondstep::page {
namespace {

using namespace std::chrono_literals;
using State = Gate::State;

const Gate::Time begin{1000h};

TEST(Gate, IsOpenUntilItsEnd) {
    const Gate gate(begin + 10min);
    EXPECT_EQ(gate.state(begin), State::open);
    EXPECT_EQ(gate.state(begin + 10min - 1ns), State::open);
    EXPECT_EQ(gate.state(begin + 10min), State::expired);
    EXPECT_EQ(gate.left(begin), 600s);
    EXPECT_EQ(gate.left(begin + 10min - 1ns), 1s);
    EXPECT_EQ(gate.left(begin + 11min), 0s);
}

TEST(Gate, WhatCameInTimeMayTakeItsTime) {
    Gate gate(begin + 10min);
    gate.begin_judging();
    EXPECT_EQ(gate.state(begin + 11min), State::judging);
    gate.accept();
    EXPECT_EQ(gate.state(begin + 11min), State::used);
}

TEST(Gate, OneThatWasRefusedTooLateEndsIt) {
    Gate gate(begin + 10min);
    gate.begin_judging();
    gate.refuse();
    EXPECT_EQ(gate.state(begin + 9min), State::open);
    EXPECT_EQ(gate.state(begin + 11min), State::expired);
}

TEST(Gate, TenFailuresOfAnyKindEndIt) {
    Gate gate(begin + 10min);
    for (int i = 0; i < 5; ++i) {
        gate.count_failure();
        EXPECT_EQ(gate.state(begin), State::open);
        gate.begin_judging();
        EXPECT_EQ(gate.state(begin), State::judging);
        gate.refuse();
    }
    EXPECT_EQ(gate.state(begin), State::exhausted);
    EXPECT_EQ(gate.state(begin + 11min), State::exhausted);
}

TEST(Gate, OnlyWhatIsBeingJudgedCanBeAccepted) {
    Gate gate(begin + 10min);
    gate.accept();
    EXPECT_EQ(gate.state(begin), State::open);
}

TEST(Gate, WhatIsUsedStaysUsed) {
    Gate gate(begin + 10min);
    gate.begin_judging();
    gate.accept();
    gate.close(begin);
    gate.begin_judging();
    gate.refuse();
    EXPECT_EQ(gate.state(begin + 11min), State::used);
}

TEST(Gate, ClosesWhatStillTakesPictures) {
    Gate open(begin + 10min);
    open.close(begin);
    EXPECT_EQ(open.state(begin + 11min), State::closed);
    Gate expired(begin + 10min);
    expired.close(begin + 10min);
    EXPECT_EQ(expired.state(begin + 11min), State::expired);
}

}  // namespace
}  // namespace secondstep::page
