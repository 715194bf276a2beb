#include "qr/reader/gray_picture.h"

#include <algorithm>
#include <cmath>

namespace secondstep::qr_reader {

namespace {

std::size_t factor_for(std::size_t width, std::size_t height) {
    std::size_t factor = 1;
    while ((width / factor) * (height / factor) > most_searched_pixels)
        ++factor;
    // A strip of one pixel's height stays one.
    return std::min({factor, width, height});
}

}  // namespace

GrayPicture blank_picture(std::size_t width, std::size_t height) {
    return {.width = width, .height = height, .pixels = std::vector<std::uint8_t>(width * height)};
}

double light_at(const GrayPicture& picture, Point point) {
    // Also of what is not finite: std::clamp and the casts need a number.
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) return 0;
    const double x = std::clamp(point.x - 0.5, 0.0, static_cast<double>(picture.width - 1));
    const double y = std::clamp(point.y - 0.5, 0.0, static_cast<double>(picture.height - 1));
    const auto left = static_cast<std::size_t>(x);
    const auto top = static_cast<std::size_t>(y);
    const std::size_t right = std::min(left + 1, picture.width - 1);
    const std::uint8_t* const above = picture.row(top);
    const std::uint8_t* const below = picture.row(std::min(top + 1, picture.height - 1));
    const double across = x - static_cast<double>(left);
    const double upper = above[left] + across * (above[right] - above[left]);
    const double lower = below[left] + across * (below[right] - below[left]);
    return upper + (y - static_cast<double>(top)) * (lower - upper);
}

Reducer::Reducer(std::size_t width, std::size_t height)
    : factor_(factor_for(width, height)),
      width_(width / factor_),
      height_(height / factor_),
      sums_(width_ * height_) {}

GrayPicture Reducer::picture() const {
    GrayPicture out = blank_picture(width_, height_);
    const auto area = static_cast<unsigned>(factor_ * factor_);
    for (std::size_t i = 0; i < sums_.size(); ++i)
        out.pixels[i] = static_cast<std::uint8_t>((sums_[i] + area / 2) / area);
    return out;
}

}  // namespace secondstep::qr_reader
