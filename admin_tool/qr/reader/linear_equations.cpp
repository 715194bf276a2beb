#include "qr/reader/linear_equations.h"

#include <algorithm>
#include <cmath>

namespace secondstep::qr_reader {

bool LinearEquations::bring_pivot(std::size_t column) {
    std::size_t best = column;
    for (std::size_t row = column + 1; row < unknowns_; ++row)
        if (std::abs(factor(row, column)) > std::abs(factor(best, column))) best = row;
    // Also false for what is not a number.
    constexpr double next_to_nothing = 1e-12;
    if (!(std::abs(factor(best, column)) > next_to_nothing)) return false;
    if (best != column) std::swap_ranges(&factor(best, 0), &factor(best, 0) + width_, &factor(column, 0));
    return true;
}

bool LinearEquations::solve() {
    for (std::size_t column = 0; column < unknowns_; ++column) {
        if (!bring_pivot(column)) return false;
        const double* const pivot = &factor(column, 0);
        for (std::size_t row = 0; row < unknowns_; ++row) {
            double* const other = &factor(row, 0);
            if (row == column || other[column] == 0) continue;
            const double share = other[column] / pivot[column];
            for (std::size_t i = column; i < width_; ++i)
                other[i] -= share * pivot[i];
        }
    }
    for (std::size_t row = 0; row < unknowns_; ++row)
        for (std::size_t i = unknowns_; i < width_; ++i)
            rows_[row * width_ + i] /= factor(row, row);
    return true;
}

}  // namespace secondstep::qr_reader
