#include "dialogue/memory/recovery_turns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace secondstep {
namespace {

using dialogue::RecoveryTurns;
using std::chrono::milliseconds;
using Turn = std::shared_ptr<RecoveryTurns::Turn>;

Source source(std::uint8_t n, SourceKind kind = SourceKind::address) {
    Source out{kind, {}};
    out.key[0] = n;
    return out;
}

class Turns : public ::testing::Test {
  protected:
    void line_up(const std::string& who, const Source& from, const std::string& account, bool known = false) {
        waiting_.emplace_back(who, turns_.line_up({.source = from, .account = account, .known = known}));
    }
    void line_up_on(std::uint8_t host, const std::string& who, const Source& from) {
        waiting_.emplace_back(who, turns_.line_up({.source = from, .account = "alice", .host = {host}}));
    }
    // Gives up the turn that has come; whose it was.
    std::string next() {
        for (auto& [who, turn] : waiting_) {
            if (!turn || !turn->has_come()) continue;
            turn.reset();
            return who;
        }
        return "nobody";
    }
    std::string all() {
        std::string order;
        for (std::string who = next(); who != "nobody"; who = next())
            order += (order.empty() ? "" : " ") + who;
        return order;
    }
    RecoveryTurns turns_;
    std::vector<std::pair<std::string, Turn>> waiting_;
};

TEST_F(Turns, OneComesAtOnceAndTheOthersInOrderOfArrival) {
    line_up("a", source(1), "alice");
    EXPECT_TRUE(waiting_[0].second->has_come());
    line_up("b", source(1), "bob");
    line_up("c", source(1), "carla");
    EXPECT_FALSE(waiting_[1].second->has_come());
    EXPECT_EQ(all(), "a b c");
}

TEST_F(Turns, SourcesAreServedInTurn) {
    for (const char* who : {"a1", "a2", "a3", "a4"})
        line_up(who, source(1), "alice");
    line_up("b1", source(2), "alice");
    line_up("b2", source(2), "alice");
    line_up("c1", source(1, SourceKind::local), "alice");
    EXPECT_EQ(all(), "a1 a2 b1 c1 a3 b2 a4");
}

TEST_F(Turns, KnownSourcesHaveALineOfTheirOwn) {
    for (std::uint8_t n = 0; n < 100; ++n)
        line_up("stranger", source(n), "alice");
    line_up("home", source(200), "alice", true);
    EXPECT_TRUE(waiting_.back().second->has_come());
}

// As many dialogues as a node holds of one host, each from an address of its own, as the host says.
TEST_F(Turns, WhatAHostOfAFleetClaimsKeepsNobodyOnAnotherWaiting) {
    for (int n = 0; n < 256; ++n)
        line_up_on(1, "claimed", source(static_cast<std::uint8_t>(n)));
    line_up_on(2, "there", source(200));
    line_up("here", source(201), "alice");
    EXPECT_EQ(next(), "claimed") << "it came while nobody waited";
    EXPECT_EQ(next(), "claimed");
    EXPECT_EQ(next(), "there");
    EXPECT_EQ(next(), "here");
}

TEST_F(Turns, OfOneHostSourcesAreServedInTurn) {
    for (const char* who : {"a1", "a2", "a3"})
        line_up_on(1, who, source(1));
    line_up_on(1, "b1", source(2));
    line_up_on(2, "c1", source(1));
    EXPECT_EQ(all(), "a1 a2 c1 b1 a3");
}

// As many dialogues as a portal may hold, each from a source of its own, as it says.
TEST_F(Turns, WhatAPortalClaimsKeepsNobodyElseWaiting) {
    for (int n = 0; n < 256; ++n)
        line_up("claimed", source(static_cast<std::uint8_t>(n), SourceKind::trusted_caller), "alice");
    line_up("stranger", source(200), "alice");
    EXPECT_TRUE(waiting_.back().second->has_come());
    line_up("home", source(201), "alice", true);
    EXPECT_TRUE(waiting_.back().second->has_come());
}

TEST_F(Turns, OfOneAccountOnlySomeStandInLine) {
    for (int i = 0; i < 20; ++i)
        line_up("x", source(1), "bob");
    line_up("alice", source(1), "alice");
    line_up("x", source(1), "bob");
    std::string order = all();
    EXPECT_EQ(order.substr(0, order.find("alice")), "x x x x x x x x x ")
        << "one has the turn, eight are in line";
    EXPECT_EQ(std::ranges::count(order, 'x'), 21) << "and all of them have theirs";
}

TEST_F(Turns, WhoGoesAwayHoldsNobodyUp) {
    line_up("a", source(1), "alice");
    line_up("b", source(2), "bob");
    line_up("c", source(2), "carla");
    waiting_[1].second.reset();
    EXPECT_EQ(all(), "a c");
    line_up("d", source(3), "dora");
    EXPECT_EQ(all(), "d") << "and nothing of them is left";
}

TEST_F(Turns, WhoIsNextLooksOften) {
    for (std::uint8_t n = 0; n < 60; ++n)
        line_up("x", source(n), "alice");
    EXPECT_EQ(waiting_[1].second->until_next_look(), milliseconds{10});
    EXPECT_EQ(waiting_[5].second->until_next_look(), milliseconds{80});
    EXPECT_EQ(waiting_[59].second->until_next_look(), milliseconds{250});
}

TEST_F(Turns, OfManyThreadsOneHasTheTurn) {
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    {
        std::vector<std::jthread> threads;
        for (std::uint8_t i = 0; i < 8; ++i) {
            threads.emplace_back([&, i] {
                for (int round = 0; round < 200; ++round) {
                    const Turn turn = turns_.line_up({source(i), "alice", false});
                    while (!turn->has_come())
                        std::this_thread::yield();
                    most = std::max(most.load(), ++inside);
                    --inside;
                }
            });
        }
    }
    EXPECT_EQ(most, 1);
}

}  // namespace
}  // namespace secondstep
