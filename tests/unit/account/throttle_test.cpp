#include "account/throttle.h"

#include <gtest/gtest.h>

#include <array>

namespace secondstep {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const UnixTime noon = from_unix(1'800'000'000);

Failures failures_in_a_row(std::uint32_t count, UnixTime now) {
    Failures failures;
    for (std::uint32_t i = 0; i < count; ++i)
        failures = after_failure(failures, now);
    return failures;
}

TEST(Throttle, LetsFiveFailuresPass) {
    for (std::uint32_t count = 0; count <= free_failures; ++count) {
        const Failures failures = failures_in_a_row(count, noon);
        EXPECT_EQ(failures.count, count);
        EXPECT_EQ(failures.wait_until, never);
        EXPECT_EQ(gate(failures, noon), Gate::open) << count;
    }
}

TEST(Throttle, DoublesTheWaitFromHalfAMinuteToAnHour) {
    const std::array<int, 10> waits{30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600};
    Failures failures = failures_in_a_row(free_failures, noon);
    UnixTime now = noon;
    for (const int wait : waits) {
        failures = after_failure(failures, now);
        EXPECT_EQ(failures.wait_until, now + seconds(wait));
        EXPECT_EQ(gate(failures, now), Gate::waiting);
        EXPECT_EQ(gate(failures, now + seconds(wait - 1)), Gate::waiting);
        EXPECT_EQ(gate(failures, now + seconds(wait)), Gate::open);
        now += seconds(wait);
    }
}

TEST(Throttle, ClosesAtAHundredAndStaysClosed) {
    const Failures almost = failures_in_a_row(closing_failures - 1, noon);
    EXPECT_EQ(gate(almost, noon + hours(2)), Gate::open);
    const Failures closed = after_failure(almost, noon + hours(2));
    EXPECT_EQ(closed.count, closing_failures);
    EXPECT_EQ(gate(closed, noon + hours(24 * 365)), Gate::closed);
}

TEST(Throttle, CountsNoFurtherThanAHundred) {
    const Failures failures = failures_in_a_row(closing_failures + 50, noon);
    EXPECT_EQ(failures.count, closing_failures);
    EXPECT_EQ(after_failure({.count = UINT32_MAX}, noon).count, closing_failures);
}

TEST(Throttle, ReadsAWaitFromAClockAheadAsAnHour) {
    const Failures failures = failures_in_a_row(free_failures + 1, noon + hours(24 * 365));
    EXPECT_EQ(end_of_wait(failures, noon), noon + longest_wait);
    EXPECT_EQ(gate(failures, noon), Gate::waiting);
}

TEST(Throttle, AClockSetBackDoesNotOpenEarly) {
    const Failures failures = failures_in_a_row(free_failures + 2, noon);
    EXPECT_EQ(gate(failures, noon - seconds(1000)), Gate::waiting);
    EXPECT_EQ(gate(failures, noon + seconds(60)), Gate::open);
}

TEST(Throttle, AFailureDuringAWaitDoesNotShortenIt) {
    const Failures failures = failures_in_a_row(12, noon);
    const UnixTime end = failures.wait_until;
    const Failures shortened{.count = 6, .last = noon, .wait_until = end};
    EXPECT_GE(after_failure(shortened, noon + seconds(1)).wait_until, end);
}

TEST(Throttle, AFailureAfterAClockJumpDoesNotKeepTheFarEnd) {
    const Failures ahead = failures_in_a_row(free_failures + 1, noon + hours(24 * 365));
    EXPECT_LE(after_failure(ahead, noon).wait_until, noon + longest_wait);
}

}  // namespace
}  // namespace secondstep
