#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "qr/reader/point.h"

namespace secondstep::qr_reader {

// One byte a pixel, 0 black, rows from the top.
struct GrayPicture {
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::uint8_t> pixels = {};
    bool damaged = false;      // it ends early, or a part of it was made up by the decoder
    bool transparent = false;  // the background shines through somewhere

    [[nodiscard]] const std::uint8_t* row(std::size_t y) const { return pixels.data() + y * width; }
    [[nodiscard]] std::uint8_t* row(std::size_t y) { return pixels.data() + y * width; }
};

// What is searched for QR codes has at most so many pixels; larger pictures are scaled down while they are
// decoded. A code whose modules are then under two pixels wide would be 1/20 of the picture's width.
inline constexpr std::size_t most_searched_pixels = 16'000'000;

[[nodiscard]] GrayPicture blank_picture(std::size_t width, std::size_t height);

// By linear interpolation between the middles of four pixels; outside, the nearest pixel's. The picture is not empty.
[[nodiscard]] double light_at(const GrayPicture& picture, Point point);

// Pixels in any order (PNG's interlacing) become a reduced picture without the whole one ever being there.
class Reducer {
  public:
    // The smallest factor that gets width x height below most_searched_pixels. Precondition: both are at
    // least 1, and the product under 256 x most_searched_pixels.
    Reducer(std::size_t width, std::size_t height);

    void add(std::size_t x, std::size_t y, std::uint8_t gray) {
        const std::size_t column = x / factor_;
        const std::size_t line = y / factor_;
        if (column >= width_ || line >= height_) return;
        std::uint16_t& sum = sums_[line * width_ + column];
        sum = static_cast<std::uint16_t>(sum + gray);
    }
    [[nodiscard]] GrayPicture picture() const;

  private:
    std::size_t factor_;
    std::size_t width_;
    std::size_t height_;
    std::vector<std::uint16_t> sums_;  // of at most 16 x 16 pixels
};

}  // namespace secondstep::qr_reader
