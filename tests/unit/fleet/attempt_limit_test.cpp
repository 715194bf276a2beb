#include "fleet/attempt_limit.h"

#include <gtest/gtest.h>

namespace secondstep::fleet {
namespace {

const UnixTime now = from_unix(1'800'000'000);
using std::chrono::seconds;

TEST(AttemptLimit, IsOfEachAndMovesOn) {
    AttemptLimit limit({.count = 2, .within = seconds{60}});
    limit.count("a", now);
    EXPECT_FALSE(limit.is_reached("a", now));
    limit.count("a", now + seconds{30});
    EXPECT_TRUE(limit.is_reached("a", now + seconds{59}));
    EXPECT_FALSE(limit.is_reached("b", now + seconds{59}));
    EXPECT_FALSE(limit.is_reached("a", now + seconds{60}));
    EXPECT_FALSE(limit.is_reached("a", now - seconds{9})) << "a clock that was set back holds nobody up";
}

TEST(AttemptLimit, RemembersAFewAndForgetsTheQuietest) {
    AttemptLimit limit({.count = 1, .within = seconds{100'000}});
    for (unsigned i = 0; i < AttemptLimit::most + 1; ++i)
        limit.count(std::to_string(i), now + seconds{i});
    EXPECT_FALSE(limit.is_reached("0", now + seconds{2000}));
    EXPECT_TRUE(limit.is_reached("1", now + seconds{2000}));
}

}  // namespace
}  // namespace secondstep::fleet
