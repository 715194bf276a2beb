#include "fleet/renewal_time.h"

#include <gmock/gmock.h>

#include <chrono>
#include <map>
#include <string>

namespace secondstep::fleet {
namespace {

using std::chrono::days;
using std::chrono::floor;

const UnixTime begin = from_unix(1'800'000'000);
const UnixTime end = begin + days{365};
const UnixTime two_thirds = begin + std::chrono::seconds(days{365}) * 2 / 3;

TEST(RenewalTime, IsTheSameForAHostEachTime) {
    EXPECT_EQ(renewal_time("web01", begin, end), renewal_time("web01", begin, end));
    EXPECT_NE(renewal_time("web01", begin, end), renewal_time("web02", begin, end));
}

TEST(RenewalTime, IsNeverBeforeTwoThirdsAndNeverMuchLater) {
    for (int i = 0; i < 1'000; ++i) {
        const UnixTime due = renewal_time("h" + std::to_string(i), begin, end);
        EXPECT_GE(due, two_thirds);
        EXPECT_LE(due, two_thirds + days{11});
    }
}

// Forty that have joined by one token in two seconds.
TEST(RenewalTime, OfHostsThatHaveJoinedTogetherIsSpreadOverDays) {
    std::map<days, int> on_day;
    for (int i = 0; i < 40; ++i)
        ++on_day[floor<days>(renewal_time("web" + std::to_string(i), begin, end) - two_thirds)];
    EXPECT_GE(on_day.size(), 8U);
    for (const auto& [day, count] : on_day)
        EXPECT_LE(count, 12) << day.count();
}

TEST(RenewalTime, GoesWithTheLifeOfTheCertificate) {
    const UnixTime due = renewal_time("web01", begin, begin + std::chrono::hours{36});
    EXPECT_GE(due, begin + std::chrono::hours{24});
    EXPECT_LE(due, begin + std::chrono::hours{25});
    EXPECT_EQ(renewal_time("web01", begin, begin), begin) << "one that ends as it begins";
}

}  // namespace
}  // namespace secondstep::fleet
