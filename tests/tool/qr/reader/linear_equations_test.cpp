#include "qr/reader/linear_equations.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace secondstep::qr_reader {
namespace {

TEST(LinearEquations, AreSolvedForAllRightSides) {
    // A zero in the first place: without a pivot there is nothing to divide by.
    constexpr std::array<std::array<double, 3>, 3> factors = {{{0, 2, 1}, {1, -2, -3}, {-1, 1, 2}}};
    constexpr std::array<double, 3> wanted = {1, 2, 3};
    LinearEquations equations(3, 2);
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            equations.factor(row, column) = factors.at(row).at(column);
            equations.right(row, 0) += factors.at(row).at(column) * wanted.at(column);
            equations.right(row, 1) -= factors.at(row).at(column) * wanted.at(column);
        }
    }
    ASSERT_TRUE(equations.solve());
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(equations.right(i, 0), wanted.at(i), 1e-12);
        EXPECT_NEAR(equations.right(i, 1), -wanted.at(i), 1e-12);
    }
}

TEST(LinearEquations, WithoutASingleSolutionSaySo) {
    LinearEquations twice(2, 1);
    twice.factor(0, 0) = twice.factor(0, 1) = 1;
    twice.factor(1, 0) = twice.factor(1, 1) = 2;
    EXPECT_FALSE(twice.solve());
    LinearEquations nothing(1, 1);
    nothing.factor(0, 0) = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(nothing.solve());
}

}  // namespace
}  // namespace secondstep::qr_reader
