#include "qr/reader/local_frame.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace secondstep::qr_reader {

namespace {

// Squares within each other: only the second from outside is light.
bool is_dark(int size, int column, int row) {
    const int ring = std::min({column, row, size - 1 - column, size - 1 - row});
    return ring != 1;
}

}  // namespace

double likeness(const GrayPicture& picture, Pattern pattern, const LocalFrame& frame) {
    const int size = std::to_underlying(pattern);
    double light_sum = 0;
    double light_squares = 0;
    double products = 0;
    int balance = 0;
    for (int row = 0; row < 2 * size; ++row) {
        for (int column = 0; column < 2 * size; ++column) {
            const Point from_centre{(column + 0.5 - size) / 2, (row + 0.5 - size) / 2};
            const double light = light_at(picture, frame.at(from_centre));
            const int wanted = is_dark(size, column / 2, row / 2) ? -1 : 1;
            light_sum += light;
            light_squares += light * light;
            products += wanted * light;
            balance += wanted;
        }
    }
    const double count = 4.0 * size * size;
    const double covariance = products / count - light_sum / count * (balance / count);
    const double variance = light_squares / count - light_sum / count * (light_sum / count);
    const double own_variance = 1 - balance / count * (balance / count);
    return variance < 1 ? 0 : covariance / std::sqrt(variance * own_variance);
}

// One coordinate after the other, by smaller and smaller steps.
LocalFrame fitted(const GrayPicture& picture, Pattern pattern, LocalFrame frame) {
    constexpr std::array steps = {0.2, 0.1, 0.05, 0.025};
    // A step at the pattern's edge is to be as long as one of its centre.
    const double share = 2.0 / std::to_underlying(pattern);
    const double module = std::sqrt(std::abs(cross(frame.right, frame.down)));
    const std::array<std::pair<Point LocalFrame::*, double>, 3> parts = {
        {{&LocalFrame::centre, 1.0}, {&LocalFrame::right, share}, {&LocalFrame::down, share}}};
    double best = likeness(picture, pattern, frame);
    for (const double step : steps) {
        constexpr int most_rounds = 6;
        bool better = true;
        for (int round = 0; better && round < most_rounds; ++round) {
            better = false;
            for (const auto& [part, weight] : parts) {
                const double by = step * weight * module;
                for (const Point shift : {Point{by, 0}, Point{-by, 0}, Point{0, by}, Point{0, -by}}) {
                    LocalFrame moved = frame;
                    moved.*part = moved.*part + shift;
                    const double now = likeness(picture, pattern, moved);
                    if (now <= best) continue;
                    best = now;
                    frame = moved;
                    better = true;
                }
            }
        }
    }
    return frame;
}

}  // namespace secondstep::qr_reader
