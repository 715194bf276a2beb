#include "qr/reader/symbol_version.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pictures/bent_set.h"

namespace secondstep::qr_reader {
namespace {

using testing::Symbol;

// By what libqrencode draws, which has the table of annex E.
bool has_alignment_pattern(const Symbol& symbol, int column, int row) {
    for (int y = -2; y <= 2; ++y)
        for (int x = -2; x <= 2; ++x)
            if (symbol.dark(column + x, row + y) != (std::max(std::abs(x), std::abs(y)) != 1)) return false;
    return true;
}

TEST(SymbolVersion, HasItsAlignmentPatternsWhereTheStandardPutsThem) {
    EXPECT_TRUE(alignment_positions(1).empty());
    for (int version = 2; version <= last_version; ++version) {
        const Symbol symbol(testing::text_for_version(version));
        const auto positions = alignment_positions(version);
        const int last = positions.back();
        for (const int row : positions) {
            for (const int column : positions) {
                if ((row == 6 && (column == 6 || column == last)) || (row == last && column == 6)) continue;
                EXPECT_TRUE(has_alignment_pattern(symbol, column, row))
                    << "version " << version << ": " << column << ", " << row;
            }
        }
    }
    EXPECT_EQ(alignment_positions(7), (std::vector{6, 22, 38}));
    EXPECT_EQ(alignment_positions(32), (std::vector{6, 34, 60, 86, 112, 138}));
    EXPECT_EQ(alignment_positions(40), (std::vector{6, 30, 58, 86, 114, 142, 170}));
}

TEST(SymbolVersion, StandsBesideTwoFinderPatterns) {
    for (int version = first_told_version; version <= last_version; ++version) {
        const Symbol symbol(testing::text_for_version(version));
        const int side = side_of(version);
        std::uint32_t bits = 0;
        for (int bit = 0; bit < 18; ++bit)
            if (symbol.dark(side - 11 + bit % 3, bit / 3)) bits |= 1U << bit;
        EXPECT_EQ(bits, bits_of_version(version)) << version;
    }
    EXPECT_EQ(bits_of_version(7), 0x07c94U) << "the example of annex D";
}

TEST(SymbolVersion, IsReadWithThreeWrongBitsOfAnyAndNeverTakenForAnother) {
    for (int version = first_told_version; version <= last_version; ++version)
        for (int a = 0; a < 18; ++a)
            for (int b = a; b < 18; ++b)
                for (int c = b; c < 18; ++c)
                    EXPECT_EQ(version_of_bits(bits_of_version(version) ^ (1U << a | 1U << b | 1U << c)),
                              version);
    EXPECT_EQ(version_of_bits(0), std::nullopt);
    EXPECT_EQ(version_of_bits(0x3ffff), std::nullopt);
}

TEST(SymbolVersion, IsTheNearestToASide) {
    EXPECT_EQ(version_of_side(57.9), 10);
    EXPECT_EQ(version_of_side(-3), 1);
    EXPECT_EQ(version_of_side(1e9), 40);
}

}  // namespace
}  // namespace secondstep::qr_reader
