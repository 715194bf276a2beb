#include "dialogue/memory/guest_budget.h"

#include <gtest/gtest.h>

#include <string>

namespace secondstep::dialogue {
namespace {

using namespace std::chrono_literals;

const HostTag web01{1};
const HostTag web02{2};
const GuestBudget::Time start{1000h};

TEST(GuestBudget, OneAccountHasFiveAnswersOfStrangersADayOfEachHost) {
    GuestBudget budget;
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(budget.admit_answer(web01, "alice", true, start + i * 1min));
    EXPECT_FALSE(budget.admit_answer(web01, "alice", true, start + 11min));
    EXPECT_TRUE(budget.admit_answer(web01, "alice", false, start + 11min)) << "from a place that is known";
    EXPECT_TRUE(budget.admit_answer(web01, "bob", true, start + 11min));
    EXPECT_TRUE(budget.admit_answer(web02, "alice", true, start + 11min));
    EXPECT_TRUE(budget.admit_answer(web01, "alice", true, start + 24h + 1s));
}

TEST(GuestBudget, OneHostHasSixtyAMinute) {
    GuestBudget budget;
    for (int i = 0; i < 60; ++i)
        ASSERT_TRUE(budget.admit_answer(web01, "user" + std::to_string(i), true, start));
    EXPECT_FALSE(budget.admit_answer(web01, "alice", true, start + 59s));
    EXPECT_TRUE(budget.admit_answer(web02, "alice", true, start));
    EXPECT_TRUE(budget.admit_answer(web01, "alice", true, start + 61s));
}

TEST(GuestBudget, WhatWasNotCountedAsWrongIsGivenBack) {
    GuestBudget budget;
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(budget.admit_answer(web01, "alice", true, start)) << i;
        budget.take_back_answer(web01, "alice", true, start);
    }
}

TEST(GuestBudget, ARefusalGivesNothingBack) {
    GuestBudget budget(
        {.failures_per_minute = 60, .failures_per_account_and_day = 1, .messages_per_account_and_day = 1});
    ASSERT_TRUE(budget.admit_answer(web01, "alice", true, start));
    for (int i = 0; i < 100; ++i)
        ASSERT_FALSE(budget.admit_answer(web01, "alice", true, start + 1s));
    EXPECT_TRUE(budget.admit_answer(web01, "bob", true, start + 1s))
        << "what was not admitted is not of the host's sixty";
}

TEST(GuestBudget, MessagesThatWereWantedAreForgotten) {
    GuestBudget budget;
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(budget.admit_message(web01, "alice", start));
    ASSERT_FALSE(budget.admit_message(web01, "alice", start));
    budget.messages_were_wanted(web01, "alice");
    EXPECT_TRUE(budget.admit_message(web01, "alice", start));
}

TEST(GuestBudget, AHostThatNamesEverybodyFillsNoMemoryForEver) {
    GuestBudget budget({.failures_per_minute = 1'000'000,
                        .failures_per_account_and_day = 10,
                        .messages_per_account_and_day = 3});
    for (int day = 0; day < 5; ++day) {
        for (int i = 0; i < 20'000; ++i) {
            const std::string name = std::to_string(day) + " " + std::to_string(i);
            ASSERT_TRUE(budget.admit_answer(web01, name, true, start + day * 25h));
        }
        EXPECT_LE(budget.accounts(), 60'000U) << "of two days, not of all";
    }
}

}  // namespace
}  // namespace secondstep::dialogue
