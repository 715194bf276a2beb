#include "dialogue/memory/guest_budget.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace secondstep::dialogue {
namespace {

using namespace std::chrono_literals;

const HostTag web01{1};
const HostTag web02{2};
const GuestBudget::Time start{1000h};

using Admission = GuestBudget::Admission;
using Cost = GuestBudget::Cost;

using Asker = GuestBudget::Asker;

const Asker alice{.host = web01, .account = "alice", .place = "office"};

Asker of(const Asker& asker, const char* account) {
    Asker other = asker;
    other.account = account;
    return other;
}
Asker there(const HostTag& host) {
    Asker other = alice;
    other.host = host;
    return other;
}
Asker known(Asker asker) {
    asker.stranger = false;
    return asker;
}
// Somebody else, from somewhere else.
Asker someone(int number) {
    return {
        .host = web01, .account = "user" + std::to_string(number), .place = "net" + std::to_string(number)};
}

// How one more answer is admitted, of which becomes `cost`.
Admission judged(GuestBudget& budget, const Asker& asker, GuestBudget::Time now, Cost cost = Cost::work) {
    const GuestBudget::Admitted admitted = budget.admit_answer(asker, now);
    if (admitted.how == Admission::judged) budget.settle_answer(asker, admitted.number, now, cost);
    if (admitted.how == Admission::by_decoy) budget.settle_answer(asker, admitted.number, now, Cost::failure);
    return admitted.how;
}
// How many of a hundred are judged, or by a decoy.
int judged_of_a_hundred(GuestBudget& budget, const std::function<Asker(int)>& asker, GuestBudget::Time now) {
    int count = 0;
    for (int i = 0; i < 100; ++i)
        count += judged(budget, asker(i), now) == Admission::not_judged ? 0 : 1;
    return count;
}

TEST(GuestBudget, OneAccountHasFiveAnswersOfStrangersADayOfEachHost) {
    GuestBudget budget;
    for (int i = 0; i < 5; ++i)
        ASSERT_EQ(judged(budget, alice, start + i * 1min, Cost::failure), Admission::judged);
    EXPECT_EQ(judged(budget, alice, start + 11min), Admission::by_decoy);
    EXPECT_EQ(judged(budget, known(alice), start + 11min), Admission::judged) << "from a place that is known";
    EXPECT_EQ(judged(budget, of(alice, "bob"), start + 11min), Admission::judged);
    EXPECT_EQ(judged(budget, there(web02), start + 11min), Admission::judged);
    EXPECT_EQ(judged(budget, alice, start + 24h + 1s), Admission::judged);
}

TEST(GuestBudget, OneHostHasSixtyAMinuteWhateverItSaysOfPlacesThatAreKnown) {
    GuestBudget budget;
    EXPECT_EQ(judged_of_a_hundred(budget, [](int number) { return known(someone(number)); }, start), 60);
    EXPECT_TRUE(budget.has_to_wait(alice, start + 59s));
    EXPECT_TRUE(budget.has_to_wait(known(alice), start + 59s));
    EXPECT_EQ(judged(budget, alice, start + 59s), Admission::not_judged);
    EXPECT_FALSE(budget.has_to_wait(there(web02), start));
    EXPECT_EQ(judged(budget, there(web02), start), Admission::judged);
    EXPECT_EQ(judged(budget, alice, start + 61s), Admission::judged);
}

// Who logs in on a host and has an account must not be able to keep everybody else out there.
TEST(GuestBudget, OneAccountHasTenOfThemWhereverItsAnswersComeFrom) {
    GuestBudget budget;
    const auto from_everywhere = [](int number) { return known(of(someone(number), "mallory")); };
    EXPECT_EQ(judged_of_a_hundred(budget, from_everywhere, start), 10);
    EXPECT_TRUE(budget.has_to_wait(known(of(alice, "mallory")), start));
    EXPECT_FALSE(budget.has_to_wait(alice, start));
    EXPECT_EQ(judged(budget, alice, start), Admission::judged);
}

TEST(GuestBudget, OnePlaceHasThirtyOfThemWhomeverItNames) {
    GuestBudget budget;
    const auto guesses = [](int number) {
        Asker asker = someone(number);
        asker.place = "cellar";
        return asker;
    };
    EXPECT_EQ(judged_of_a_hundred(budget, guesses, start), 30);
    EXPECT_FALSE(budget.has_to_wait(alice, start));
}

TEST(GuestBudget, StrangersLeaveTheOthersAQuarter) {
    GuestBudget budget;
    EXPECT_EQ(judged_of_a_hundred(budget, someone, start), 45);
    EXPECT_TRUE(budget.has_to_wait(alice, start));
    EXPECT_EQ(judged(budget, known(alice), start), Admission::judged);
}

// Whoever has their first factor needs no more than ten wrong codes a minute.
TEST(GuestBudget, WhoGuessesForAnAccountKeepsItsOwnerOutNowhereThatIsKnown) {
    GuestBudget budget;
    for (int i = 0; i < 100; ++i) {
        Asker guesser = alice;
        guesser.place = someone(i).place;
        static_cast<void>(judged(budget, guesser, start));
    }
    EXPECT_EQ(judged(budget, alice, start), Admission::not_judged);
    EXPECT_EQ(judged(budget, known(alice), start), Admission::judged);
}

TEST(GuestBudget, AllThatIsLocalIsOnePlace) {
    GuestBudget budget;
    const auto with_su = [](int number) {
        Asker asker = known(someone(number));
        asker.place = "local/" + asker.account;
        return asker;
    };
    EXPECT_EQ(judged_of_a_hundred(budget, with_su, start), 30);
    EXPECT_EQ(judged(budget, known(alice), start), Admission::judged) << "who comes over the network";
}

// Else a crowd that comes at once would have more judged than one that comes in turn.
TEST(GuestBudget, WhatIsBeingJudgedIsOfItToo) {
    GuestBudget budget;
    std::vector<GuestBudget::Admitted> under_way;
    for (int i = 0; i < 10; ++i) {
        under_way.push_back(budget.admit_answer(known(alice), start));
        ASSERT_EQ(under_way.back().how, Admission::judged) << i;
    }
    EXPECT_EQ(budget.admit_answer(known(alice), start).how, Admission::busy) << "these may all be right";
    EXPECT_FALSE(budget.has_to_wait(known(alice), start));
    budget.settle_answer(known(alice), under_way.front().number, start, Cost::nothing);
    EXPECT_EQ(budget.admit_answer(known(alice), start).how, Admission::judged);
}

// Any of five that are judged at once may be right: the sixth is not judged by a decoy because of them.
TEST(GuestBudget, WhetherTheDayOfAnAccountIsUsedUpIsKnownWhenItsAnswersAreSettled) {
    GuestBudget budget;
    std::vector<GuestBudget::Admitted> under_way;
    for (int i = 0; i < 5; ++i)
        under_way.push_back(budget.admit_answer(alice, start));
    EXPECT_EQ(budget.admit_answer(alice, start).how, Admission::busy);
    EXPECT_EQ(judged(budget, of(alice, "bob"), start), Admission::judged);
    budget.settle_answer(alice, under_way.at(0).number, start, Cost::nothing);
    under_way.at(0) = budget.admit_answer(alice, start);
    EXPECT_EQ(under_way.at(0).how, Admission::judged);
    for (const GuestBudget::Admitted& one : under_way) {
        EXPECT_EQ(budget.admit_answer(alice, start).how, Admission::busy);
        budget.settle_answer(alice, one.number, start, Cost::failure);
    }
    EXPECT_EQ(budget.admit_answer(alice, start).how, Admission::by_decoy);
    EXPECT_EQ(budget.admit_answer(alice, start).how, Admission::by_decoy)
        << "which a decoy's answers change nothing about";
}

TEST(GuestBudget, ACodeThatWasUsedUpOrNotJudgedIsGivenBack) {
    GuestBudget budget;
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(judged(budget, alice, start, Cost::nothing), Admission::judged) << i;
        ASSERT_EQ(judged(budget, alice, start, Cost::no_verdict), Admission::judged) << i;
    }
}

TEST(GuestBudget, WhatIsNotCountedOnTheAccountIsOfTheMinuteAllTheSame) {
    GuestBudget budget;
    EXPECT_EQ(judged_of_a_hundred(budget, [](int) { return alice; }, start), 10);
    EXPECT_EQ(judged(budget, alice, start + 61s), Admission::judged) << "none was of the account's day";
}

TEST(GuestBudget, WhatADecoyJudgesIsOfTheMinute) {
    GuestBudget budget({.failures_per_account_and_day = 1});
    ASSERT_EQ(judged(budget, alice, start, Cost::failure), Admission::judged);
    for (int i = 0; i < 9; ++i)
        ASSERT_EQ(judged(budget, alice, start + 1s), Admission::by_decoy) << i;
    EXPECT_EQ(judged(budget, alice, start + 1s), Admission::not_judged);
}

TEST(GuestBudget, CodesThatAreRepeatedHaveANumberOfTheirOwn) {
    GuestBudget budget;
    for (int i = 0; i < 60; ++i)
        ASSERT_EQ(judged(budget, alice, start, Cost::repetition), Admission::judged) << i;
    EXPECT_EQ(judged(budget, alice, start + 59s), Admission::not_judged);
    for (int i = 0; i < 540; ++i)
        ASSERT_EQ(judged(budget, someone(i), start, Cost::repetition), Admission::judged) << i;
    EXPECT_EQ(judged(budget, of(alice, "bob"), start + 59s), Admission::not_judged);
    EXPECT_EQ(judged(budget, there(web02), start + 59s), Admission::judged);
    EXPECT_EQ(judged(budget, alice, start + 61s), Admission::judged);
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
    GuestBudget budget;
    for (int day = 0; day < 5; ++day) {
        for (int i = 0; i < 20'000; ++i) {
            Asker asker = someone(day * 20'000 + i);
            ASSERT_EQ(judged(budget, asker, start + day * 25h + i * 2s, Cost::failure), Admission::judged);
        }
        EXPECT_LE(budget.accounts(), 60'000U) << "of two days, not of all";
    }
}

}  // namespace
}  // namespace secondstep::dialogue
