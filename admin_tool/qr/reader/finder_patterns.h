#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "qr/reader/gray_picture.h"
#include "qr/reader/point.h"

// The three squares in the corners of a QR code (ISO/IEC 18004:2015, 6.3.3): on every line through the middle
// dark, light, dark, light, dark are as wide as 1:1:3:1:1.
namespace secondstep::qr_reader {

struct FinderPattern {
    Point centre;
    double module = 0;  // pixels
};

// What looks like one in a picture of 0 and 255 only, `most` at most, from the top. The outermost dark ring
// may be wider than it should be, since on a dark page without a quiet zone it has no end. Takes time in
// proportion to the pixels.
[[nodiscard]] std::vector<FinderPattern> find_finder_patterns(const GrayPicture& black_and_white,
                                                              std::size_t most);

// How far from `from`, which is dark, in the direction of `step` (of length 1) the dark middle ends, the light
// around it, and the dark around that; the latter at most a bit more than its share. Zeros: not so within
// `limit` pixels, or within the picture.
using Rings = std::array<double, 3>;
[[nodiscard]] Rings rings_along(const GrayPicture& black_and_white, Point from, Point step, double limit);

}  // namespace secondstep::qr_reader
