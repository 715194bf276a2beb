#include "qr/reader/sampled_symbol.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace secondstep::qr_reader {

namespace {

// The middle of a module, and around it what is not its neighbours' yet.
double light_of_module(const GrayPicture& picture, const ModuleMesh& mesh, Point middle) {
    const Point centre = mesh.at(middle);
    const Point right = 0.2 * (mesh.at(middle + Point{1, 0}) - centre);
    const Point down = 0.2 * (mesh.at(middle + Point{0, 1}) - centre);
    return (2 * light_at(picture, centre) + light_at(picture, centre + right) +
            light_at(picture, centre - right) + light_at(picture, centre + down) +
            light_at(picture, centre - down)) /
           6;
}

}  // namespace

SampledSymbol::SampledSymbol(const GrayPicture& picture, const ModuleMesh& mesh, int side) : side_(side) {
    for (int row = 0; row < side; ++row)
        for (int column = 0; column < side; ++column)
            lights_.push_back(light_of_module(picture, mesh, {column + 0.5, row + 0.5}));
    find_thresholds();
}

void SampledSymbol::find_thresholds() {
    thresholds_.clear();
    for (int row = 0; row < side_; ++row)
        for (int column = 0; column < side_; ++column)
            thresholds_.push_back(threshold_around(column, row));
}

// Halfway between the mean of what is darker and of what is lighter than the mean of all around: the mean itself
// would follow the share of dark modules.
double SampledSymbol::threshold_around(int column, int row) const {
    constexpr int reach = 4;
    const int left = std::clamp(column - reach, 0, side_ - 2 * reach - 1);
    const int top = std::clamp(row - reach, 0, side_ - 2 * reach - 1);
    const auto mean_of = [&](auto counts) {
        double sum = 0;
        int count = 0;
        for (int y = top; y <= top + 2 * reach; ++y) {
            for (int x = left; x <= left + 2 * reach; ++x) {
                if (!counts(light(x, y))) continue;
                sum += light(x, y);
                ++count;
            }
        }
        return count == 0 ? 0 : sum / count;
    };
    const double mean = mean_of([](double) { return true; });
    return (mean_of([&](double light) { return light <= mean; }) +
            mean_of([&](double light) { return light > mean; })) /
           2;
}

SampledSymbol SampledSymbol::sharpened() const {
    SampledSymbol out = *this;
    for (int row = 1; row + 1 < side_; ++row) {
        for (int column = 1; column + 1 < side_; ++column) {
            const double around = (light(column - 1, row) + light(column + 1, row) + light(column, row - 1) +
                                   light(column, row + 1)) /
                                  4;
            out.lights_[index(column, row)] += 1.5 * (light(column, row) - around);
        }
    }
    out.find_thresholds();
    return out;
}

double SampledSymbol::timing_share() const {
    constexpr int line = 6;
    constexpr int first = 8;
    int right = 0;
    for (int i = first; i < side_ - first; ++i)
        right += (is_dark(i, line) == (i % 2 == 0) ? 1 : 0) + (is_dark(line, i) == (i % 2 == 0) ? 1 : 0);
    return right / (2.0 * (side_ - 2 * first));
}

// What every symbol has there is drawn as it should be, not as it was seen: ZXing 1.4 asserts that the middle of a
// finder pattern is dark, and ends the program where it is not.
bool SampledSymbol::is_drawn_dark(int column, int row) const {
    constexpr int finder = 7;  // modules, and one of light around them
    for (const auto& [left, top] : {std::pair{0, 0}, {side_ - finder, 0}, {0, side_ - finder}}) {
        const int x = column - left;
        const int y = row - top;
        const int ring = std::min({x, y, finder - 1 - x, finder - 1 - y});
        if (ring >= -1) return ring >= 0 && ring != 1;
    }
    return is_dark(column, row);
}

GrayPicture SampledSymbol::drawn(Order order) const {
    constexpr int module = 3;  // pixels
    constexpr int quiet = 4;   // modules, ISO/IEC 18004:2015, 6.3.8
    const auto size = static_cast<std::size_t>((side_ + 2 * quiet) * module);
    GrayPicture out = blank_picture(size, size);
    std::ranges::fill(out.pixels, 255);
    for (int row = 0; row < side_ * module; ++row) {
        std::uint8_t* const pixels = out.row(static_cast<std::size_t>(row + quiet * module)) + quiet * module;
        for (int column = 0; column < side_ * module; ++column) {
            const bool dark = order == Order::as_it_is ? is_drawn_dark(column / module, row / module)
                                                       : is_drawn_dark(row / module, column / module);
            if (dark) pixels[column] = 0;
        }
    }
    return out;
}

}  // namespace secondstep::qr_reader
