#include "account/told_notice.h"

#include <gtest/gtest.h>

#include "account/known_sources.h"
#include "unit/account/sample_account.h"

namespace secondstep {
namespace {

using namespace secondstep::testing;
using std::chrono::days;
using std::chrono::hours;

const Source home = address("192.0.2.7");
const Source elsewhere = address("203.0.113.9");

// At home until noon, when somebody changed the second step.
class ToldNotice : public ::testing::Test {
  protected:
    ToldNotice() {
        remember(state_, home, at(-3600));
        state_.notice = {.change = Change::enrolled, .when = at(0), .from = "203.0.113.9"};
    }
    // Is this login told?
    bool is_told(const Source& source, UnixTime now) {
        state_.notice = told_notice(state_, source, now);
        remember(state_, source, now);
        return state_.notice.change != Change::none;
    }
    State state_ = enrolled_state();
};

TEST_F(ToldNotice, ADayIsNotEnoughForWhoMadeTheChangeFromElsewhere) {
    EXPECT_TRUE(is_told(elsewhere, at(60)));
    for (int day = 1; day < 29; ++day)
        EXPECT_TRUE(is_told(elsewhere, at(0) + days{day})) << day;
    EXPECT_TRUE(is_told(home, at(0) + days{29})) << "at home it is told once more";
    EXPECT_FALSE(is_told(elsewhere, at(60) + days{29}));
}

TEST_F(ToldNotice, OneLoginAtHomeIsEnoughWhenTheDayIsOver) {
    EXPECT_TRUE(is_told(home, at(60)));
    EXPECT_TRUE(state_.notice.told_at_known_source);
    EXPECT_TRUE(is_told(elsewhere, at(0) + hours{24} - std::chrono::seconds{1}));
    EXPECT_FALSE(is_told(elsewhere, at(0) + hours{24}));
}

TEST_F(ToldNotice, WhatBecameKnownAfterTheChangeDoesNotCount) {
    EXPECT_TRUE(is_told(elsewhere, at(60)));
    EXPECT_TRUE(is_told(elsewhere, at(120)));
    EXPECT_FALSE(state_.notice.told_at_known_source);
}

TEST_F(ToldNotice, WhereNoSourceIsLeftThatWasKnownADayIsAll) {
    state_.known.clear();
    EXPECT_TRUE(is_told(elsewhere, at(60)));
    EXPECT_FALSE(is_told(elsewhere, at(0) + hours{24}));
}

// After thirty days without a success a source is known no more: nobody is waited for who does not come back.
TEST_F(ToldNotice, WhoHasNotBeenAtHomeForThirtyDaysIsNotWaitedFor) {
    const UnixTime late = at(-3600) + known_for + hours{1};
    EXPECT_TRUE(is_told(elsewhere, late));
    EXPECT_FALSE(is_told(elsewhere, late + hours{1}));
}

TEST_F(ToldNotice, NothingIsToldOfNothing) {
    state_.notice = {};
    EXPECT_EQ(told_notice(state_, home, at(0)), ChangeNotice{});
}

}  // namespace
}  // namespace secondstep
