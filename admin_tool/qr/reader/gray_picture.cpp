#include "qr/reader/gray_picture.h"

#include <algorithm>

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
