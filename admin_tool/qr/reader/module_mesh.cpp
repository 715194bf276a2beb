#include "qr/reader/module_mesh.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "qr/reader/linear_equations.h"

namespace secondstep::qr_reader {

namespace {

// r^2 log r of a squared distance.
double kernel(Point apart) {
    const double squared = dot(apart, apart);
    return squared > 0 ? squared * std::log(squared) / 2 : 0;
}

// Adds a row of the design matrix to the normal equations of least squares.
void add_row(LinearEquations& equations, std::span<const double> row, double value) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        for (std::size_t j = 0; j < row.size(); ++j)
            equations.factor(i, j) += row[i] * row[j];
        equations.right(i, 0) += row[i] * value;
    }
}

}  // namespace

ModuleMesh::ModuleMesh(double side, std::vector<ControlPoint> points)
    : side_(side), points_(std::move(points)) {
    fit();
}

void ModuleMesh::add(const ControlPoint& point) {
    points_.push_back(point);
    fit();
}

void ModuleMesh::add(const std::vector<ControlPoint>& points) {
    points_.insert(points_.end(), points.begin(), points.end());
    fit();
}

Point ModuleMesh::normal(Point symbol) const {
    return {2 * symbol.x / side_ - 1, 2 * symbol.y / side_ - 1};
}

void ModuleMesh::fit() {
    middle_ = {};
    for (const ControlPoint& point : points_)
        middle_ = middle_ + 1 / static_cast<double>(points_.size()) * point.picture;
    scale_ = 1;
    for (const ControlPoint& point : points_)
        scale_ = std::max(scale_, length(point.picture - middle_));
    weights_.clear();
    projection_ = {};
    if (fit_projection()) fit_spline();
}

// x = (a X + b Y + c) / (g X + h Y + 1), and y alike: linear in a to h when multiplied out.
bool ModuleMesh::fit_projection() {
    LinearEquations equations(projection_.size(), 1);
    for (const ControlPoint& point : points_) {
        const auto [x, y] = normal(point.symbol);
        const Point to = 1 / scale_ * (point.picture - middle_);
        add_row(equations, std::array{x, y, 1.0, 0.0, 0.0, 0.0, -x * to.x, -y * to.x}, to.x);
        add_row(equations, std::array{0.0, 0.0, 0.0, x, y, 1.0, -x * to.y, -y * to.y}, to.y);
    }
    // Three finder patterns say little about perspective, and a bend looks like one: none unless it pays.
    constexpr double reluctance = 1e-4;
    equations.factor(6, 6) += reluctance;
    equations.factor(7, 7) += reluctance;
    if (!equations.solve()) return false;
    for (std::size_t i = 0; i < projection_.size(); ++i)
        projection_.at(i) = equations.right(i, 0);
    return true;
}

Point ModuleMesh::projected(Point symbol) const {
    const auto [x, y] = normal(symbol);
    const auto& p = projection_;
    // Behind the viewer there is no picture.
    constexpr double nearest = 0.05;
    const double depth = std::max(p[6] * x + p[7] * y + 1, nearest);
    return middle_ + scale_ / depth * Point{p[0] * x + p[1] * y + p[2], p[3] * x + p[4] * y + p[5]};
}

void ModuleMesh::fit_spline() {
    const std::size_t count = points_.size();
    LinearEquations equations(count + 3, 2);
    for (std::size_t i = 0; i < count; ++i) {
        const Point own = normal(points_[i].symbol);
        for (std::size_t j = 0; j < count; ++j)
            equations.factor(i, j) = kernel(own - normal(points_[j].symbol));
        // Points are found to a fraction of a module: the surface need not go through them exactly.
        constexpr double looseness = 1e-3;
        equations.factor(i, i) = looseness;
        const std::array row = {1.0, own.x, own.y};
        for (std::size_t k = 0; k < row.size(); ++k)
            equations.factor(i, count + k) = equations.factor(count + k, i) = row.at(k);
        const Point left = points_[i].picture - projected(points_[i].symbol);
        equations.right(i, 0) = left.x;
        equations.right(i, 1) = left.y;
    }
    if (!equations.solve()) return;
    for (std::size_t i = 0; i < count + 3; ++i)
        weights_.push_back({equations.right(i, 0), equations.right(i, 1)});
}

Point ModuleMesh::at(Point symbol) const {
    Point to = projected(symbol);
    if (weights_.empty()) return to;
    const Point own = normal(symbol);
    const std::size_t count = points_.size();
    for (std::size_t i = 0; i < count; ++i)
        to = to + kernel(own - normal(points_[i].symbol)) * weights_[i];
    return to + weights_[count] + own.x * weights_[count + 1] + own.y * weights_[count + 2];
}

}  // namespace secondstep::qr_reader
