#include "base/randomness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace secondstep {
namespace {

TEST(Randomness, NeverRepeats) {
    SystemRandomness system;
    std::set<std::array<std::uint8_t, 16>> seen;
    for (int i = 0; i < 1000; ++i)
        seen.insert(system.array<16>());
    EXPECT_EQ(seen.size(), 1000U);
}

// getrandom() may give less than was asked for when a signal comes in a long call.
TEST(Randomness, FillsLongRangesToTheEnd) {
    SystemRandomness system;
    Bytes bytes(1U << 20);
    system.fill(bytes);
    for (std::size_t i = 0; i < bytes.size(); i += 64) {
        const ByteView part = ByteView(bytes).subspan(i, 64);
        ASSERT_FALSE(std::ranges::all_of(part, [](std::uint8_t b) { return b == 0; })) << "at " << i;
    }
}

TEST(Randomness, FillsNothingAndSecrets) {
    SystemRandomness system;
    system.fill({});
    const Secret first = system.secret(20);
    EXPECT_EQ(first.size(), 20U);
    EXPECT_FALSE(equal_in_constant_time(first, system.secret(20)));
}

}  // namespace
}  // namespace secondstep
