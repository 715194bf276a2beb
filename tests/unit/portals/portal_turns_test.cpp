#include "portals/portal_turns.h"

#include <gtest/gtest.h>

namespace secondstep::dialogue {
namespace {

using namespace std::chrono_literals;

constexpr uid_t alice = 1000;
constexpr uid_t bob = 1001;
constexpr uid_t carol = 1002;

class PortalTurnsTest : public ::testing::Test {
  protected:
    PortalTurns turns_;
    PortalTurns::Time now_{1h};
};

TEST_F(PortalTurnsTest, AReaderHasFiveCountedCodesAMinute) {
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(turns_.until_counted("host/p", bob, now_), 0s) << i;
        now_ += 2s;
    }
    EXPECT_EQ(turns_.until_counted("host/p", bob, now_), 50s);
    EXPECT_EQ(turns_.until_counted("host/q", bob, now_), 0s) << "of another portal";
    EXPECT_EQ(turns_.until_counted("host/p", carol, now_), 0s) << "another reader";
    now_ += 50s;
    EXPECT_EQ(turns_.until_counted("host/p", bob, now_), 0s);
    EXPECT_EQ(turns_.until_counted("host/p", bob, now_), 2s) << "the first of the others is over then";
}

TEST_F(PortalTurnsTest, TheFirstInLineIsServedFirst) {
    EXPECT_EQ(turns_.until_turn("host/p", bob, now_), 0s);
    turns_.asks_again("host/p", bob, now_ + 20s);
    EXPECT_EQ(turns_.until_turn("host/p", carol, now_), 20s);
    now_ += 20s;
    // Carol is quicker, and it is bob's turn all the same.
    EXPECT_GT(turns_.until_turn("host/p", carol, now_), 0s);
    EXPECT_EQ(turns_.until_turn("host/p", bob, now_), 0s);
    turns_.was_served("host/p", bob);
    EXPECT_TRUE(turns_.others_wait("host/p", bob, now_));
    // Who comes back at once comes behind who waits.
    EXPECT_GT(turns_.until_turn("host/p", bob, now_), 0s);
    EXPECT_EQ(turns_.until_turn("host/p", carol, now_), 0s);
}

TEST_F(PortalTurnsTest, WhoDoesNotComeBackLosesTheirPlace) {
    EXPECT_EQ(turns_.until_turn("host/p", bob, now_), 0s);
    turns_.asks_again("host/p", bob, now_ + 20s);
    now_ += 23s;
    EXPECT_GT(turns_.until_turn("host/p", carol, now_), 0s);
    now_ += 1s;
    EXPECT_EQ(turns_.until_turn("host/p", carol, now_), 0s);
    EXPECT_FALSE(turns_.others_wait("host/p", carol, now_));
}

// Otherwise who is in line without ever taking a code would keep it from who does not wait.
TEST_F(PortalTurnsTest, WhoWaitsForALaterCodeKeepsThePresentOneFromNobody) {
    EXPECT_EQ(turns_.until_turn("host/p", bob, now_), 0s);
    turns_.asks_again("host/p", bob, now_ + 20s);
    EXPECT_FALSE(turns_.others_wait("host/p", carol, now_));
    now_ += 20s;
    EXPECT_TRUE(turns_.others_wait("host/p", carol, now_));
    EXPECT_FALSE(turns_.others_wait("host/p", bob, now_));
    now_ += 4s;
    EXPECT_FALSE(turns_.others_wait("host/p", carol, now_));
}

TEST_F(PortalTurnsTest, LinesAreOfOnePortal) {
    EXPECT_EQ(turns_.until_turn("host/p", bob, now_), 0s);
    EXPECT_EQ(turns_.until_turn("alice/p", carol, now_), 0s);
}

TEST_F(PortalTurnsTest, ACodeIsSeenForTheFirstTimeOnce) {
    EXPECT_TRUE(turns_.is_first_sight("host/p", alice, 7));
    EXPECT_FALSE(turns_.is_first_sight("host/p", alice, 7));
    EXPECT_TRUE(turns_.is_first_sight("host/p", bob, 7));
    EXPECT_TRUE(turns_.is_first_sight("host/p", alice, 8));
}

}  // namespace
}  // namespace secondstep::dialogue
