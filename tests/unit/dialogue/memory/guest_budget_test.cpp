#include "dialogue/memory/guest_budget.h"

#include <gtest/gtest.h>

#include <string>

namespace secondstep::dialogue {
namespace {

using namespace std::chrono_literals;

const HostTag web01{1};
const HostTag web02{2};
const GuestBudget::Time start{1000h};

using Admission = GuestBudget::Admission;
using Cost = GuestBudget::Cost;

TEST(GuestBudget, OneAccountHasFiveAnswersOfStrangersADayOfEachHost) {
    GuestBudget budget;
    for (int i = 0; i < 5; ++i)
        ASSERT_EQ(budget.admit_answer(web01, "alice", true, start + i * 1min), Admission::judged);
    EXPECT_EQ(budget.admit_answer(web01, "alice", true, start + 11min), Admission::by_decoy);
    EXPECT_EQ(budget.admit_answer(web01, "alice", false, start + 11min), Admission::judged)
        << "from a place that is known";
    EXPECT_EQ(budget.admit_answer(web01, "bob", true, start + 11min), Admission::judged);
    EXPECT_EQ(budget.admit_answer(web02, "alice", true, start + 11min), Admission::judged);
    EXPECT_EQ(budget.admit_answer(web01, "alice", true, start + 24h + 1s), Admission::judged);
}

TEST(GuestBudget, OneHostHasSixtyAMinute) {
    GuestBudget budget;
    for (int i = 0; i < 60; ++i) {
        EXPECT_FALSE(budget.has_to_wait(web01, start)) << i;
        ASSERT_EQ(budget.admit_answer(web01, "user" + std::to_string(i), true, start), Admission::judged);
    }
    EXPECT_TRUE(budget.has_to_wait(web01, start + 59s));
    EXPECT_EQ(budget.admit_answer(web01, "alice", true, start + 59s), Admission::not_judged);
    EXPECT_EQ(budget.admit_answer(web01, "alice", false, start + 59s), Admission::not_judged);
    EXPECT_FALSE(budget.has_to_wait(web02, start));
    EXPECT_EQ(budget.admit_answer(web02, "alice", true, start), Admission::judged);
    EXPECT_EQ(budget.admit_answer(web01, "alice", true, start + 61s), Admission::judged);
}

TEST(GuestBudget, ACodeThatWasUsedUpIsGivenBack) {
    GuestBudget budget;
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(budget.admit_answer(web01, "alice", true, start), Admission::judged) << i;
        budget.settle_answer(web01, "alice", true, start, Cost::nothing);
    }
}

TEST(GuestBudget, WhatIsNotCountedOnTheAccountIsOfTheMinuteAllTheSame) {
    GuestBudget budget;
    for (int i = 0; i < 60; ++i) {
        ASSERT_EQ(budget.admit_answer(web01, "alice", true, start), Admission::judged) << i;
        budget.settle_answer(web01, "alice", true, start, Cost::work);
    }
    EXPECT_EQ(budget.admit_answer(web01, "alice", true, start), Admission::not_judged);
    EXPECT_EQ(budget.admit_answer(web01, "alice", true, start + 61s), Admission::judged)
        << "none was of the account's day";
}

TEST(GuestBudget, WhatADecoyJudgesIsOfTheMinute) {
    GuestBudget budget({.failures_per_account_and_day = 1});
    ASSERT_EQ(budget.admit_answer(web01, "alice", true, start), Admission::judged);
    for (int i = 0; i < 59; ++i)
        ASSERT_EQ(budget.admit_answer(web01, "alice", true, start + 1s), Admission::by_decoy) << i;
    EXPECT_EQ(budget.admit_answer(web01, "alice", true, start + 1s), Admission::not_judged);
    EXPECT_EQ(budget.admit_answer(web01, "bob", true, start + 1s), Admission::not_judged);
}

TEST(GuestBudget, CodesThatAreRepeatedHaveANumberOfTheirOwn) {
    GuestBudget budget;
    for (int i = 0; i < 600; ++i) {
        ASSERT_EQ(budget.admit_answer(web01, "alice", true, start), Admission::judged) << i;
        budget.settle_answer(web01, "alice", true, start, Cost::repetition);
    }
    EXPECT_EQ(budget.admit_answer(web01, "bob", true, start + 59s), Admission::not_judged);
    EXPECT_EQ(budget.admit_answer(web02, "bob", true, start + 59s), Admission::judged);
    EXPECT_EQ(budget.admit_answer(web01, "bob", true, start + 61s), Admission::judged);
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
            ASSERT_EQ(budget.admit_answer(web01, name, true, start + day * 25h), Admission::judged);
        }
        EXPECT_LE(budget.accounts(), 60'000U) << "of two days, not of all";
    }
}

}  // namespace
}  // namespace secondstep::dialogue
