#include <gtest/gtest.h>

#include "encoding/crockford.h"

namespace secondstep::otp {
namespace {

TEST(CrockfordBytes, StandInGroupsAndComeBack) {
    const std::array<std::uint8_t, 5> low{0, 0, 0, 0, 1};
    EXPECT_EQ(crockford_text(low, 4).text(), "0000-0001");
    const std::array<std::uint8_t, 5> high{0xff, 0xff, 0xff, 0xff, 0xff};
    EXPECT_EQ(crockford_text(high, 8).text(), "ZZZZZZZZ");
    const std::array<std::uint8_t, 10> mixed{0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf};
    EXPECT_EQ(crockford_text(mixed, 16).text(), "0123456789ABCDEF");
    const auto back = crockford_bytes("0123456789ABCDEF");
    ASSERT_TRUE(back);
    EXPECT_TRUE(equal_in_constant_time(back->bytes(), mixed));
}

TEST(CrockfordBytes, AreWholeAndOfSymbolsOnly) {
    EXPECT_FALSE(crockford_bytes("0123456"));
    EXPECT_FALSE(crockford_bytes("0123456U"));
    EXPECT_FALSE(crockford_bytes("0123-567"));
}

}  // namespace
}  // namespace secondstep::otp
