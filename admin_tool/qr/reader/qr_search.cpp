#include "qr/reader/qr_search.h"

#include <ZXing/ReadBarcode.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "qr/reader/answer.h"
#include "qr/reader/treatment.h"

namespace secondstep::qr_reader {

namespace {

using std::chrono::steady_clock;

// One code, where it lies in the whole picture.
struct Place {
    std::string text;
    double x;
    double y;
    double height;
};

std::string text_of(const ZXing::Result& code) {
    const std::string_view bytes(reinterpret_cast<const char*>(code.bytes().data()), code.bytes().size());
    if (is_valid_utf8(bytes)) return std::string(bytes);
    return code.contentType() == ZXing::ContentType::Text ? code.text() : std::string();
}

Place place_of(const ZXing::Result& code, std::string text, double scale) {
    const ZXing::Position& corners = code.position();
    double x = 0;
    int top = corners[0].y;
    int bottom = top;
    for (const ZXing::PointI& corner : corners) {
        x += corner.x / 4.0;
        top = std::min(top, corner.y);
        bottom = std::max(bottom, corner.y);
    }
    return {std::move(text), x * scale, (top + bottom) / 2.0 * scale, (bottom - top) * scale};
}

// Is the point on the same side of all four edges? (Which one it is depends on whether the code is mirrored.)
bool is_inside(const ZXing::Position& corners, std::ptrdiff_t x, std::ptrdiff_t y) {
    int left = 0;
    int right = 0;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const ZXing::PointI from = corners[i];
        const ZXing::PointI to = corners[(i + 1) % corners.size()];
        const std::ptrdiff_t side = (to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x);
        left += side < 0 ? 1 : 0;
        right += side > 0 ? 1 : 0;
    }
    return left == 0 || right == 0;
}

// White, which is what surrounds a code. False: nothing was there to paint.
bool paint_over(GrayPicture& picture, const ZXing::Position& corners) {
    const auto [left, right] = std::ranges::minmax(corners, {}, &ZXing::PointI::x);
    const auto [top, bottom] = std::ranges::minmax(corners, {}, &ZXing::PointI::y);
    const auto last_x = std::min<std::ptrdiff_t>(right.x, static_cast<std::ptrdiff_t>(picture.width) - 1);
    const auto last_y = std::min<std::ptrdiff_t>(bottom.y, static_cast<std::ptrdiff_t>(picture.height) - 1);
    bool painted = false;
    for (std::ptrdiff_t y = std::max(top.y, 0); y <= last_y; ++y) {
        for (std::ptrdiff_t x = std::max(left.x, 0); x <= last_x; ++x) {
            if (!is_inside(corners, x, y)) continue;
            std::uint8_t& pixel = picture.row(static_cast<std::size_t>(y))[x];
            painted = painted || pixel != 255;
            pixel = 255;
        }
    }
    return painted;
}

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

    [[nodiscard]] bool goes_on() const { return steady_clock::now() < end_; }
    [[nodiscard]] bool found_some() const { return !places_.empty(); }

    // As it is, and with light and dark exchanged. `scale`: how many pixels of the whole
    // picture are one of this.
    void look_at(GrayPicture picture, double scale, ZXing::Binarizer binarizer) {
        read(picture, scale, binarizer);
        read(inverted(std::move(picture)), scale, binarizer);
    }
    void look_at_gray(const GrayPicture& picture, double scale) {
        look_at(picture, scale, ZXing::Binarizer::LocalAverage);
    }
    // With a threshold of our own, which goes lower than ZXing's (24 levels).
    void look_at_thresholded(const GrayPicture& picture, double scale) {
        look_at(thresholded(softened(picture, 1), 16), scale, ZXing::Binarizer::FixedThreshold);
    }
    void look_at_sharpened(const GrayPicture& picture, double scale) {
        look_at(thresholded(sharpened(softened(picture, 1), 4, 4), 12), scale,
                ZXing::Binarizer::FixedThreshold);
    }

    Found found() && {
        put_in_reading_order(places_);
        for (Place& place : places_)
            found_.texts.push_back(std::move(place.text));
        return std::move(found_);
    }

  private:
    // ZXing gives up combining finder patterns when there are many (of sixteen codes it finds one): what was
    // found is painted over, and the rest searched again.
    void read(GrayPicture picture, double scale, ZXing::Binarizer binarizer) {
        for (bool more = true; more && goes_on() && places_.size() <= most_codes;) {
            more = false;
            for (const ZXing::Result& code : read_once(picture, binarizer)) {
                keep(code, scale);
                more = paint_over(picture, code.position()) || more;
            }
        }
    }

    static ZXing::Results read_once(const GrayPicture& picture, ZXing::Binarizer binarizer) {
        const auto hints = ZXing::DecodeHints()
                               .setFormats(ZXing::BarcodeFormat::QRCode)
                               .setBinarizer(binarizer)
                               .setTryDownscale(false);
        const ZXing::ImageView view(picture.pixels.data(), static_cast<int>(picture.width),
                                    static_cast<int>(picture.height), ZXing::ImageFormat::Lum);
        return ZXing::ReadBarcodes(view, hints);
    }

    void keep(const ZXing::Result& code, double scale) {
        if (code.sequenceSize() > 1 || code.sequenceIndex() > 0) {
            found_.in_parts = true;
            return;
        }
        std::string text = text_of(code);
        if (text.empty()) {
            found_.not_text = true;
        } else if (std::ranges::find(places_, text, &Place::text) == places_.end()) {
            places_.push_back(place_of(code, std::move(text), scale));
        }
    }

    steady_clock::time_point end_;
    std::vector<Place> places_;
    Found found_;
};

// The larger a picture is, the more of it is detail that only costs time here.
constexpr std::size_t most_enlarged_pixels = 1'500'000;
constexpr std::size_t most_treated_pixels = 4'000'000;

std::size_t pixels_of(const GrayPicture& picture) {
    return picture.width * picture.height;
}

// What most pictures need. All of it is done even if the first finds something: there may be more codes.
void look_well(Search& search, const GrayPicture& picture) {
    search.look_at_gray(picture, 1);
    search.look_at_thresholded(picture, 1);
    if (pixels_of(picture) > most_enlarged_pixels) search.look_at_gray(reduced(picture, 2), 2);
}

// One after the other until something was found.
void look_hard(Search& search, const GrayPicture& whole) {
    std::size_t factor = 1;
    while (pixels_of(whole) / (factor * factor) > most_treated_pixels)
        ++factor;
    const GrayPicture picture = reduced(whole, factor);
    const auto scale = static_cast<double>(factor);
    search.look_at_sharpened(picture, scale);
    if (!search.found_some()) search.look_at_thresholded(reduced(picture, 2), scale * 2);
    if (!search.found_some()) search.look_at_sharpened(reduced(picture, 2), scale * 2);
    if (!search.found_some() && pixels_of(picture) <= most_enlarged_pixels)
        search.look_at_sharpened(doubled(picture), scale / 2);
    // The place in a tilted picture is not the place in the whole one; it will do for the order.
    for (const Edge edge : {Edge::top, Edge::bottom, Edge::left, Edge::right})
        if (!search.found_some()) search.look_at_thresholded(tilted(picture, edge), scale);
}

}  // namespace

Found find_qr_codes(const GrayPicture& picture, std::chrono::milliseconds patience) {
    constexpr std::size_t fewest_modules = 21;  // of version 1, each at least a pixel
    if (std::min(picture.width, picture.height) < fewest_modules) return {};
    Search search(patience);
    look_well(search, picture);
    if (!search.found_some()) look_hard(search, picture);
    return std::move(search).found();
}

}  // namespace secondstep::qr_reader
