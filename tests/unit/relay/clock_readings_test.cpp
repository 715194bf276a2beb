#include "relay/clock_readings.h"

#include <gmock/gmock.h>

#include <chrono>
#include <limits>

namespace secondstep::relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WallTime noon{seconds{1'800'000'000}};

TEST(ClockReadings, SayNothingBeforeTheFirst) {
    EXPECT_FALSE(ClockReadings{}.ahead());
}

TEST(ClockReadings, OfWhichTheOneThatWasTheLeastOnItsWayCounts) {
    ClockReadings clock;
    clock.add(noon + seconds{3}, noon + seconds{2});  // a second on its way, or only one ahead
    EXPECT_EQ(clock.ahead(), seconds{1});
    clock.add(noon + seconds{4}, noon + milliseconds{1001});
    EXPECT_EQ(clock.ahead(), milliseconds{2999});
    clock.add(noon + seconds{5}, noon + seconds{9});
    EXPECT_EQ(clock.ahead(), milliseconds{2999}) << "that one came late";
}

TEST(ClockReadings, AClockThatWasSetBackIsSeenWithinAFew) {
    ClockReadings clock;
    clock.add(noon + seconds{60}, noon);
    for (std::size_t i = 0; i + 1 < ClockReadings::remembered; ++i) {
        clock.add(noon, noon);
        EXPECT_EQ(clock.ahead(), seconds{60});
    }
    clock.add(noon, noon);
    EXPECT_EQ(clock.ahead(), seconds{0});
}

// What a host says is any number.
TEST(ClockReadings, OfATimeThatNoClockHasAreFarOffAndNothingElse) {
    ClockReadings clock;
    clock.add(WallTime{milliseconds{std::numeric_limits<std::int64_t>::min()}}, noon);
    EXPECT_LT(*clock.ahead(), std::chrono::days{-365});
    clock.add(WallTime{milliseconds{std::numeric_limits<std::int64_t>::max()}}, noon);
    EXPECT_GT(*clock.ahead(), std::chrono::days{365});
}

}  // namespace
}  // namespace secondstep::relay
