#include "base/bytes.h"

#include <gtest/gtest.h>

namespace secondstep {
namespace {

TEST(Bytes, EveryDifferingBitMakesThemUnequal) {
    const Bytes a(32, 0x5a);
    EXPECT_TRUE(equal_in_constant_time(a, Bytes(a)));
    for (std::size_t bit = 0; bit < a.size() * 8; ++bit) {
        Bytes b = a;
        b[bit / 8] = static_cast<std::uint8_t>(b[bit / 8] ^ (1U << bit % 8));
        EXPECT_FALSE(equal_in_constant_time(a, b)) << "bit " << bit;
    }
}

TEST(Bytes, TwoDifferencesDoNotCancelOut) {
    EXPECT_FALSE(equal_in_constant_time(Bytes{0, 0}, Bytes{1, 1}));
}

TEST(Bytes, UnequalLengthsAreUnequal) {
    EXPECT_FALSE(equal_in_constant_time(Bytes(3, 0), Bytes(4, 0)));
    EXPECT_FALSE(equal_in_constant_time(Bytes(3, 0), Bytes()));
    EXPECT_TRUE(equal_in_constant_time(Bytes(), Bytes()));
}

TEST(Bytes, TextBecomesItsBytes) {
    EXPECT_TRUE(equal_in_constant_time(as_bytes("a\xff"), Bytes{0x61, 0xff}));
}

}  // namespace
}  // namespace secondstep
