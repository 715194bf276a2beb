#pragma once

#include <cmath>

namespace secondstep::qr_reader {

// Of a picture: pixels, x to the right and y down, the middle of the first pixel at (0.5, 0.5). Of a symbol:
// modules, in the same way. Also a step from one such point to another.
struct Point {
    double x = 0;
    double y = 0;
    bool operator==(const Point&) const = default;
};

constexpr Point operator+(Point a, Point b) {
    return {a.x + b.x, a.y + b.y};
}
constexpr Point operator-(Point a, Point b) {
    return {a.x - b.x, a.y - b.y};
}
constexpr Point operator*(double factor, Point a) {
    return {factor * a.x, factor * a.y};
}
constexpr double dot(Point a, Point b) {
    return a.x * b.x + a.y * b.y;
}
// Over 0: from `a` to `b` it goes clockwise, as one sees it.
constexpr double cross(Point a, Point b) {
    return a.x * b.y - a.y * b.x;
}
inline double length(Point a) {
    return std::hypot(a.x, a.y);
}

}  // namespace secondstep::qr_reader
