#include "qr/reader/finder_patterns.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <optional>

namespace secondstep::qr_reader {

namespace {

bool is_between(double value, double low, double high) {
    return value >= low && value <= high;
}

// dark, light, dark, light, dark. The tolerance is the standard's own, half a module (clause 12), and one pixel.
bool resembles(const std::array<double, 5>& runs) {
    const double module = (runs[1] + runs[2] + runs[3]) / 5;
    const double slack = module / 2 + 0.5;
    return module >= 1 && is_between(runs[1], module - slack, module + slack) &&
           is_between(runs[3], module - slack, module + slack) &&
           is_between(runs[2], 3 * module - 2 * slack, 3 * module + 2 * slack) && runs[0] >= module / 2 &&
           runs[4] >= module / 2;
}

// A line through the middle of what may be a pattern.
struct Section {
    Point centre;
    double module;
};

std::optional<Section> section(const GrayPicture& picture, Point middle, Point step, double module) {
    const double limit = 6 * module + 2;
    const Rings ahead = rings_along(picture, middle, step, limit);
    const Rings behind = rings_along(picture, middle, -1 * step, limit);
    if (ahead[2] == 0 || behind[2] == 0) return std::nullopt;
    if (!resembles({behind[2] - behind[1], behind[1] - behind[0], behind[0] + ahead[0], ahead[1] - ahead[0],
                    ahead[2] - ahead[1]})) {
        return std::nullopt;
    }
    return Section{middle + (ahead[0] - behind[0]) / 2 * step, (ahead[1] + behind[1]) / 5};
}

// Crossed by a second line, by the first again through the better middle, and by six more: squares within
// each other are in proportion on all of them, noise and letters are not.
std::optional<FinderPattern> examine(const GrayPicture& picture, Point middle, double module) {
    const auto down = section(picture, middle, {0, 1}, module);
    if (!down || !is_between(down->module, module / 2.5, module * 2.5)) return std::nullopt;
    const auto across = section(picture, down->centre, {1, 0}, module);
    if (!across) return std::nullopt;
    constexpr int lines = 8;
    for (int line = 1; line < lines; ++line) {
        const double angle = line * std::numbers::pi / lines;
        if (!section(picture, across->centre, {std::cos(angle), std::sin(angle)}, 1.5 * module))
            return std::nullopt;
    }
    return FinderPattern{.centre = across->centre, .module = (down->module + across->module) / 2};
}

class Scan {
  public:
    Scan(const GrayPicture& picture, std::size_t most) : picture_(picture), most_(most) {}

    std::vector<FinderPattern> patterns() {
        for (std::size_t y = 0; y < picture_.height && found_.size() < most_; ++y)
            scan_row(y);
        return std::move(found_);
    }

  private:
    void scan_row(std::size_t y) {
        const std::uint8_t* const row = picture_.row(y);
        std::array<double, 5> runs{};
        for (std::size_t begin = 0; begin < picture_.width;) {
            std::size_t end = begin + 1;
            while (end < picture_.width && row[end] == row[begin])
                ++end;
            std::shift_left(runs.begin(), runs.end(), 1);
            runs[4] = static_cast<double>(end - begin);
            if (row[begin] == 0 && resembles(runs)) {
                const double middle = static_cast<double>(end) - runs[4] - runs[3] - runs[2] / 2;
                take({middle, static_cast<double>(y) + 0.5}, (runs[1] + runs[2] + runs[3]) / 5);
            }
            begin = end;
        }
    }

    void take(Point middle, double module) {
        if (is_known(middle) || found_.size() >= most_) return;
        const auto pattern = examine(picture_, middle, module);
        if (pattern && !is_known(pattern->centre)) found_.push_back(*pattern);
    }

    // The rows through one pattern come one after another: it is among the last.
    [[nodiscard]] bool is_known(Point middle) const {
        constexpr std::size_t in_a_line = 256;
        const std::size_t count = std::min(found_.size(), in_a_line);
        return std::any_of(
            found_.end() - static_cast<std::ptrdiff_t>(count), found_.end(),
            [&](const FinderPattern& known) { return length(known.centre - middle) < 2 * known.module + 1; });
    }

    const GrayPicture& picture_;
    std::size_t most_;
    std::vector<FinderPattern> found_;
};

}  // namespace

std::vector<FinderPattern> find_finder_patterns(const GrayPicture& black_and_white, std::size_t most) {
    return Scan(black_and_white, most).patterns();
}

Rings rings_along(const GrayPicture& picture, Point from, Point step, double limit) {
    Rings rings{};
    std::size_t ring = 0;
    double end_of_last = limit;
    for (double far = 0; far < limit; ++far) {
        const Point at = from + far * step;
        const bool inside = at.x >= 0 && at.y >= 0 && at.x < static_cast<double>(picture.width) &&
                            at.y < static_cast<double>(picture.height);
        // The edge of the picture ends the last ring as light does.
        const bool dark =
            inside && picture.row(static_cast<std::size_t>(at.y))[static_cast<std::size_t>(at.x)] == 0;
        if (!inside && ring < 2) return {};
        const bool expected = ring != 1;
        if (dark == expected && far < end_of_last) continue;
        if (far == 0) return {};
        rings.at(ring) = far - 0.5;
        if (++ring == rings.size()) return rings;
        // One and a half modules: half of the light ring's end, which is two and a half away.
        if (ring == 2) end_of_last = far * 1.6 + 1;
    }
    return {};
}

}  // namespace secondstep::qr_reader
