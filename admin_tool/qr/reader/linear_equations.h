#pragma once

#include <cstddef>
#include <vector>

namespace secondstep::qr_reader {

// As many linear equations as unknowns, for several right sides at once.
class LinearEquations {
  public:
    LinearEquations(std::size_t unknowns, std::size_t right_sides)
        : unknowns_(unknowns), width_(unknowns + right_sides), rows_(unknowns * width_) {}

    [[nodiscard]] double& factor(std::size_t row, std::size_t column) { return rows_[row * width_ + column]; }
    [[nodiscard]] double& right(std::size_t row, std::size_t side) {
        return rows_[row * width_ + unknowns_ + side];
    }

    // Gauss with pivots: right(i, side) is then unknown i. False: they have no single solution, and what
    // right() says is of no use.
    [[nodiscard]] bool solve();

  private:
    [[nodiscard]] bool bring_pivot(std::size_t column);
    std::size_t unknowns_;
    std::size_t width_;
    std::vector<double> rows_;
};

}  // namespace secondstep::qr_reader
