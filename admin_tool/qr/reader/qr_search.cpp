#include "qr/reader/qr_search.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "qr/reader/answer.h"
#include "qr/reader/curved_symbols.h"
#include "qr/reader/finder_patterns.h"
#include "qr/reader/treatment.h"
#include "qr/reader/zxing_reader.h"

namespace secondstep::qr_reader {

namespace {

using std::chrono::steady_clock;

// One code, where it lies in the whole picture.
struct Place {
    std::string text;
    Corners corners;
    double x;
    double y;
    double height;
};

// How a treated picture is seen from the whole one.
struct View {
    double scale = 1;  // so many pixels of the whole picture are one of this
    [[nodiscard]] View times(double factor) const { return {scale * factor}; }
    [[nodiscard]] Point back(Point point) const { return scale * point; }
};

Place place_of(const DecodedSymbol& symbol, const View& view) {
    Corners corners = symbol.corners;
    double x = 0;
    for (Point& corner : corners) {
        corner = view.back(corner);
        x += corner.x / 4;
    }
    const auto [top, bottom] = std::ranges::minmax(corners, {}, &Point::y);
    return {symbol.text, corners, x, (top.y + bottom.y) / 2, bottom.y - top.y};
}

// Is the point on the same side of all four edges? (Which one it is depends on whether the code is mirrored.)
bool is_inside(const Corners& corners, Point point) {
    int left = 0;
    int right = 0;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const Point from = corners.at(i);
        const double side = cross(corners.at((i + 1) % corners.size()) - from, point - from);
        left += side < 0 ? 1 : 0;
        right += side > 0 ? 1 : 0;
    }
    return left == 0 || right == 0;
}

// White, which is what surrounds a code. False: nothing was there to paint.
bool paint_over(GrayPicture& picture, const Corners& corners) {
    const auto [left, right] = std::ranges::minmax(corners, {}, &Point::x);
    const auto [top, bottom] = std::ranges::minmax(corners, {}, &Point::y);
    const auto within = [](double value, std::size_t end) {
        return static_cast<std::size_t>(std::clamp(value, 0.0, static_cast<double>(end)));
    };
    bool painted = false;
    for (std::size_t y = within(top.y, picture.height); y < within(bottom.y + 1, picture.height); ++y) {
        for (std::size_t x = within(left.x, picture.width); x < within(right.x + 1, picture.width); ++x) {
            if (!is_inside(corners, {static_cast<double>(x), static_cast<double>(y)})) continue;
            std::uint8_t& pixel = picture.row(y)[x];
            painted = painted || pixel != 255;
            pixel = 255;
        }
    }
    return painted;
}

// So many that their threes take a second. A sheet of 64 codes has 192.
constexpr std::size_t most_patterns = 600;

// Codes whose middles are less than half a code apart in height are one line.
void put_in_reading_order(std::vector<Place>& places) {
    std::ranges::sort(places, {}, &Place::y);
    for (auto line = places.begin(); line != places.end();) {
        const double end_of_line = line->y + line->height / 2;
        const auto next =
            std::find_if(line, places.end(), [&](const Place& place) { return place.y > end_of_line; });
        std::ranges::sort(line, next, {}, &Place::x);
        line = next;
    }
}

class Search {
  public:
    explicit Search(std::chrono::milliseconds patience) : end_(steady_clock::now() + patience) {}

    [[nodiscard]] bool is_done() const { return !places_.empty() || found_.crowded; }

    // Whether there were corners of a code that none of those found has: one more that is bent, say.
    [[nodiscard]] bool left_corners() const {
        return std::ranges::count_if(corners_, [this](Point corner) {
                   return std::ranges::none_of(
                       places_, [corner](const Place& place) { return is_inside(place.corners, corner); });
               }) >= 3;
    }

    // As it is, and with light and dark exchanged.
    void look_at_gray(const GrayPicture& picture, const View& view) {
        read(picture, view, Threshold::local);
        read(inverted(picture), view, Threshold::local);
    }
    // With a threshold of our own, which goes lower than ZXing's (24 levels).
    void look_at_thresholded(const GrayPicture& picture, const View& view) {
        look_at_black_and_white(thresholded(softened(picture, 1), 16), view);
    }
    void look_at_sharpened(const GrayPicture& picture, const View& view) {
        look_at_black_and_white(thresholded(sharpened(softened(picture, 1), 4, 4), 12), view);
    }
    // What does not lie flat, is mirrored, or has no quiet zone.
    void look_for_curved(const GrayPicture& picture, const View& view) {
        for (const GrayPicture& one : {picture, inverted(picture)}) {
            if (found_.crowded) return;
            for (const DecodedSymbol& symbol : read_curved_symbols(one, end_))
                keep(symbol, view);
        }
    }

    Found found() && {
        put_in_reading_order(places_);
        for (Place& place : places_)
            found_.texts.push_back(std::move(place.text));
        return std::move(found_);
    }

  private:
    void look_at_black_and_white(GrayPicture picture, const View& view) {
        for (int pass = 0; pass < 2; ++pass) {
            // ZXing tries three of them with each other, and does not look at a clock.
            const auto patterns = find_finder_patterns(picture, most_patterns);
            if (patterns.size() == most_patterns) found_.crowded = true;
            for (const FinderPattern& pattern : patterns)
                corners_.push_back(view.back(pattern.centre));
            read(picture, view, Threshold::fixed);
            picture = inverted(std::move(picture));
        }
    }

    // ZXing gives up combining finder patterns when there are many (of sixteen codes it finds one): what was
    // found is painted over, and the rest searched again.
    void read(GrayPicture picture, const View& view, Threshold threshold) {
        const auto goes_on = [this] {
            return steady_clock::now() < end_ && places_.size() <= most_codes && !found_.crowded;
        };
        for (bool more = true; more && goes_on();) {
            more = false;
            for (const DecodedSymbol& symbol : read_symbols(picture, threshold)) {
                keep(symbol, view);
                more = paint_over(picture, symbol.corners) || more;
            }
        }
    }

    void keep(const DecodedSymbol& symbol, const View& view) {
        if (symbol.in_parts) {
            found_.in_parts = true;
        } else if (symbol.text.empty()) {
            found_.not_text = true;
        } else if (std::ranges::find(places_, symbol.text, &Place::text) == places_.end()) {
            places_.push_back(place_of(symbol, view));
        }
    }

    steady_clock::time_point end_;
    std::vector<Place> places_;
    std::vector<Point> corners_;  // of the whole picture
    Found found_;
};

// The larger a picture is, the more of it is detail that only costs time here.
constexpr std::size_t most_enlarged_pixels = 1'500'000;
constexpr std::size_t most_treated_pixels = 4'000'000;

std::size_t pixels_of(const GrayPicture& picture) {
    return picture.width * picture.height;
}

// What most pictures need. All of it is done even if the first finds something: there may be more codes.
void look_well(Search& search, const GrayPicture& picture, const View& view) {
    search.look_at_thresholded(picture, view);
    search.look_at_gray(picture, view);
    if (pixels_of(picture) > most_enlarged_pixels) search.look_at_gray(reduced(picture, 2), view.times(2));
    if (search.is_done() && search.left_corners()) search.look_for_curved(picture, view);
}

// The modules of a code in a larger picture are larger.
void look_for_curved(Search& search, const GrayPicture& picture, const View& view) {
    constexpr std::size_t least_side = 300;
    for (std::size_t factor = 1; !search.is_done(); factor *= 2) {
        const GrayPicture smaller = reduced(picture, factor);
        search.look_for_curved(smaller, view.times(static_cast<double>(factor)));
        if (std::min(smaller.width, smaller.height) < 2 * least_side) return;
    }
}

// One after the other until something was found.
void look_hard(Search& search, const GrayPicture& picture, const View& view) {
    search.look_at_sharpened(picture, view);
    if (!search.is_done()) search.look_at_thresholded(reduced(picture, 2), view.times(2));
    if (!search.is_done()) search.look_at_sharpened(reduced(picture, 2), view.times(2));
    if (!search.is_done() && pixels_of(picture) <= most_enlarged_pixels)
        search.look_at_sharpened(doubled(picture), view.times(0.5));
    // The place in a tilted picture is not the place in the whole one; it will do for the order.
    for (const Edge edge : {Edge::top, Edge::bottom, Edge::left, Edge::right})
        if (!search.is_done()) search.look_at_thresholded(tilted(picture, edge), view);
}

}  // namespace

Found find_qr_codes(const GrayPicture& whole, std::chrono::milliseconds patience) {
    constexpr std::size_t fewest_modules = 21;  // of version 1, each at least a pixel
    if (std::min(whole.width, whole.height) < fewest_modules) return {};
    Search search(patience);
    look_well(search, whole, {});
    if (search.is_done()) return std::move(search).found();
    std::size_t factor = 1;
    while (pixels_of(whole) / (factor * factor) > most_treated_pixels)
        ++factor;
    const GrayPicture picture = reduced(whole, factor);
    const View view{.scale = static_cast<double>(factor)};
    look_for_curved(search, picture, view);
    if (!search.is_done()) look_hard(search, picture, view);
    return std::move(search).found();
}

}  // namespace secondstep::qr_reader
