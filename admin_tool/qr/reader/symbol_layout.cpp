#include "qr/reader/symbol_layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "qr/reader/symbol_version.h"

namespace secondstep::qr_reader {

namespace {

// Half of a finder pattern: its middle is so many modules from the symbol's edges.
constexpr double half_finder = 3.5;
// The correlation that a pattern has which is half covered, or blurred over a module; below it there is none.
constexpr double least_likeness = 0.55;

std::optional<LocalFrame> frame_of(const GrayPicture& picture, const FinderPattern& pattern, Point right,
                                   Point down) {
    const auto sized = [&](Point step) { return pattern.module / length(step) * step; };
    const LocalFrame frame = fitted(picture, Pattern::finder,
                                    {.centre = pattern.centre, .right = sized(right), .down = sized(down)});
    if (likeness(picture, Pattern::finder, frame) < least_likeness) return std::nullopt;
    return frame;
}

std::vector<ControlPoint> corners_of(const LocalFrame& frame, Point middle) {
    constexpr double reach = 2.5;
    std::vector<ControlPoint> points;
    for (const Point off : {Point{-reach, -reach}, {reach, -reach}, {reach, reach}, {-reach, reach}})
        points.push_back({.symbol = middle + off, .picture = frame.at(off)});
    return points;
}

// `along`: from the middle of the pattern to the nearest of the six columns away from it; bit 0 is there.
std::uint32_t version_bits(const GrayPicture& picture, const LocalFrame& frame, bool beside) {
    std::array<double, 18> lights{};
    for (std::size_t bit = 0; bit < lights.size(); ++bit) {
        const double near = -7 + static_cast<double>(bit % 3);
        const double along = -3 + static_cast<double>(bit / 3);
        lights.at(bit) = light_at(picture, frame.at(beside ? Point{near, along} : Point{along, near}));
    }
    // The pattern has both, whatever the bits are.
    const double dark = light_at(picture, frame.centre);
    const double light = (light_at(picture, frame.at({2, 0})) + light_at(picture, frame.at({-2, 0})) +
                          light_at(picture, frame.at({0, 2})) + light_at(picture, frame.at({0, -2}))) /
                         4;
    std::uint32_t bits = 0;
    for (std::size_t bit = 0; bit < lights.size(); ++bit)
        if (lights.at(bit) < (dark + light) / 2) bits |= 1U << bit;
    return bits;
}

// What the mesh looks like around a point.
LocalFrame frame_at(const ModuleMesh& mesh, Point symbol) {
    const Point centre = mesh.at(symbol);
    const auto step = [&](Point by) { return 0.5 * (mesh.at(symbol + by) - mesh.at(symbol - by)); };
    return {.centre = centre, .right = step({1, 0}), .down = step({0, 1})};
}

// Within `reach` modules of where it should be.
std::optional<Point> find_alignment_pattern(const GrayPicture& picture, const LocalFrame& expected,
                                            double reach) {
    constexpr double step = 0.5;
    // What is near is likelier: data that look like the pattern are as far away as they like.
    constexpr double cost_of_a_module = 0.03;
    LocalFrame best = expected;
    double best_score = -1;
    const auto steps = static_cast<int>(reach / step);
    for (int row = -steps; row <= steps; ++row) {
        for (int column = -steps; column <= steps; ++column) {
            const Point off{column * step, row * step};
            LocalFrame frame = expected;
            frame.centre = expected.at(off);
            const double score =
                likeness(picture, Pattern::alignment, frame) - cost_of_a_module * length(off);
            if (score <= best_score) continue;
            best_score = score;
            best = frame;
        }
    }
    best = fitted(picture, Pattern::alignment, best);
    if (likeness(picture, Pattern::alignment, best) < least_likeness) return std::nullopt;
    return best.centre;
}

// The middles of all alignment patterns of a version.
std::vector<Point> alignment_middles(int version) {
    const std::vector<int> positions = alignment_positions(version);
    std::vector<Point> middles;
    for (const int row : positions) {
        for (const int column : positions) {
            const bool at_a_finder = (row == 6 && column == 6) || (row == 6 && column == positions.back()) ||
                                     (row == positions.back() && column == 6);
            if (!at_a_finder) middles.push_back({column + 0.5, row + 0.5});
        }
    }
    return middles;
}

double distance_to(const std::vector<ControlPoint>& points, Point symbol) {
    double nearest = std::numeric_limits<double>::max();
    for (const ControlPoint& point : points)
        nearest = std::min(nearest, length(point.symbol - symbol));
    return nearest;
}

}  // namespace

std::optional<FinderFrames> fitted_frames(const GrayPicture& picture, const FinderTriple& triple) {
    const Point right = triple.right.centre - triple.corner.centre;
    const Point down = triple.below.centre - triple.corner.centre;
    const auto corner_frame = frame_of(picture, triple.corner, right, down);
    const auto right_frame = frame_of(picture, triple.right, right, down);
    const auto below_frame = frame_of(picture, triple.below, right, down);
    if (!corner_frame || !right_frame || !below_frame) return std::nullopt;
    return FinderFrames{.corner = *corner_frame, .right = *right_frame, .below = *below_frame};
}

int measured_version(const FinderFrames& frames) {
    const auto modules = [](Point apart, Point a, Point b) {
        return 2 * length(apart) / (length(a) + length(b)) + 2 * half_finder;
    };
    const double across =
        modules(frames.right.centre - frames.corner.centre, frames.corner.right, frames.right.right);
    const double down =
        modules(frames.below.centre - frames.corner.centre, frames.corner.down, frames.below.down);
    return version_of_side((across + down) / 2);
}

std::optional<int> told_version(const GrayPicture& picture, const FinderFrames& frames) {
    const auto beside = version_of_bits(version_bits(picture, frames.right, true));
    return beside ? beside : version_of_bits(version_bits(picture, frames.below, false));
}

ModuleMesh mesh_of(const GrayPicture& picture, const FinderFrames& frames, int version) {
    const double side = side_of(version);
    std::vector<ControlPoint> points = corners_of(frames.corner, {half_finder, half_finder});
    for (const ControlPoint& point : corners_of(frames.right, {side - half_finder, half_finder}))
        points.push_back(point);
    for (const ControlPoint& point : corners_of(frames.below, {half_finder, side - half_finder}))
        points.push_back(point);
    ModuleMesh mesh(side, std::move(points));
    std::vector<Point> middles = alignment_middles(version);
    // Of versions 2 to 6 the only one is as far away from all that is known as the symbol is large.
    const double reach = middles.size() == 1 ? 4 : 2.5;
    while (!middles.empty()) {
        const auto next = std::ranges::min_element(
            middles, {}, [&](Point middle) { return distance_to(mesh.points(), middle); });
        const Point middle = *next;
        middles.erase(next);
        if (const auto found = find_alignment_pattern(picture, frame_at(mesh, middle), reach))
            mesh.add({.symbol = middle, .picture = *found});
    }
    return mesh;
}

}  // namespace secondstep::qr_reader
