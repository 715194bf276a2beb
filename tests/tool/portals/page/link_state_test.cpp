#include "portals/page/link_state.h"

#include <gtest/gtest.h>

namespace secondstep::page {
namespace {

using namespace std::chrono_literals;
using State = LinkState::State;

const LinkState::Time begin{1000h};

TEST(LinkState, IsOpenUntilItsEnd) {
    const LinkState link_state(begin + 10min);
    EXPECT_EQ(link_state.state(begin), State::open);
    EXPECT_EQ(link_state.state(begin + 10min - 1ns), State::open);
    EXPECT_EQ(link_state.state(begin + 10min), State::expired);
    EXPECT_EQ(link_state.left(begin), 600s);
    EXPECT_EQ(link_state.left(begin + 10min - 1ns), 1s);
    EXPECT_EQ(link_state.left(begin + 11min), 0s);
}

TEST(LinkState, WhatCameInTimeMayTakeItsTime) {
    LinkState link_state(begin + 10min);
    link_state.begin_judging();
    EXPECT_EQ(link_state.state(begin + 11min), State::judging);
    link_state.accept();
    EXPECT_EQ(link_state.state(begin + 11min), State::used);
}

TEST(LinkState, OneThatWasRefusedTooLateEndsIt) {
    LinkState link_state(begin + 10min);
    link_state.begin_judging();
    link_state.refuse();
    EXPECT_EQ(link_state.state(begin + 9min), State::open);
    EXPECT_EQ(link_state.state(begin + 11min), State::expired);
}

TEST(LinkState, TenFailuresOfAnyKindEndIt) {
    LinkState link_state(begin + 10min);
    for (int i = 0; i < 5; ++i) {
        link_state.count_failure();
        EXPECT_EQ(link_state.state(begin), State::open);
        link_state.begin_judging();
        EXPECT_EQ(link_state.state(begin), State::judging);
        link_state.refuse();
    }
    EXPECT_EQ(link_state.state(begin), State::exhausted);
    EXPECT_EQ(link_state.state(begin + 11min), State::exhausted);
}

TEST(LinkState, OnlyWhatIsBeingJudgedCanBeAccepted) {
    LinkState link_state(begin + 10min);
    link_state.accept();
    EXPECT_EQ(link_state.state(begin), State::open);
}

TEST(LinkState, WhatIsUsedStaysUsed) {
    LinkState link_state(begin + 10min);
    link_state.begin_judging();
    link_state.accept();
    link_state.close(begin);
    link_state.begin_judging();
    link_state.refuse();
    EXPECT_EQ(link_state.state(begin + 11min), State::used);
}

TEST(LinkState, ClosesWhatStillTakesPictures) {
    LinkState open(begin + 10min);
    open.close(begin);
    EXPECT_EQ(open.state(begin + 11min), State::closed);
    LinkState expired(begin + 10min);
    expired.close(begin + 10min);
    EXPECT_EQ(expired.state(begin + 11min), State::expired);
}

}  // namespace
}  // namespace secondstep::page
