#include "qr/reader/module_mesh.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace secondstep::qr_reader {
namespace {

constexpr double side = 57;

std::vector<ControlPoint> points_of(const std::function<Point(Point)>& place) {
    std::vector<ControlPoint> points;
    for (const double y : {3.5, 28.5, 50.5})
        for (const double x : {3.5, 28.5, 50.5})
            points.push_back({.symbol = {x, y}, .picture = place({x, y})});
    return points;
}

double largest_error(const ModuleMesh& mesh, const std::function<Point(Point)>& place) {
    double largest = 0;
    for (double y = 0.5; y < side; ++y)
        for (double x = 0.5; x < side; ++x)
            largest = std::max(largest, length(mesh.at({x, y}) - place({x, y})));
    return largest;
}

TEST(ModuleMesh, OfAFlatSymbolIsExactEverywhere) {
    const auto turned = [](Point p) { return Point{100 + 4 * p.x - p.y, 50 + p.x + 4 * p.y}; };
    EXPECT_LT(largest_error({side, points_of(turned)}, turned), 1e-6);
}

TEST(ModuleMesh, FollowsPerspective) {
    const auto from_aside = [](Point p) {
        const double depth = 1 + 0.004 * p.x;
        return Point{100 + 4 * p.x / depth, 50 + 4 * p.y / depth};
    };
    EXPECT_LT(largest_error({side, points_of(from_aside)}, from_aside), 4 * 0.25) << "a quarter of a module";
}

TEST(ModuleMesh, FollowsABend) {
    const auto sagging = [](Point p) {
        const double along = p.x / side - 0.5;
        return Point{100 + 4 * p.x, 50 + 4 * (p.y + 0.03 * side * (1 - 4 * along * along))};
    };
    const ModuleMesh mesh(side, points_of(sagging));
    EXPECT_LT(largest_error(mesh, sagging), 4 * 0.4);
    // The control: four corners alone are off by more than a module.
    EXPECT_GT(largest_error({side,
                             {{{3.5, 3.5}, sagging({3.5, 3.5})},
                              {{53.5, 3.5}, sagging({53.5, 3.5})},
                              {{3.5, 53.5}, sagging({3.5, 53.5})},
                              {{50.5, 50.5}, sagging({50.5, 50.5})}}},
                            sagging),
              4);
}

TEST(ModuleMesh, OfPointsThatMakeNoPlaneIsStillANumber) {
    for (const Point place : {Point{0, 0}, {1e6, -1e6}}) {
        const ModuleMesh mesh(side, points_of([&](Point) { return place; }));
        EXPECT_TRUE(std::isfinite(mesh.at({28, 28}).x));
        EXPECT_TRUE(std::isfinite(mesh.at({-1e3, 1e3}).y));
    }
    const ModuleMesh line(side, points_of([](Point p) { return Point{p.x, p.x}; }));
    EXPECT_TRUE(std::isfinite(line.at({0, 57}).x));
}

}  // namespace
}  // namespace secondstep::qr_reader
