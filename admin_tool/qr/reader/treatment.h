#pragma once

#include <cstddef>

#include "qr/reader/gray_picture.h"

// What makes a QR code that was photographed badly readable. The pictures have at least one pixel.
namespace secondstep::qr_reader {

[[nodiscard]] GrayPicture inverted(GrayPicture picture);
// Every pixel the mean of `factor` x `factor` ones; what is left over at the right and below is cut
// off. The picture has at least that many rows and columns.
[[nodiscard]] GrayPicture reduced(const GrayPicture& picture, std::size_t factor);
// Twice as wide and high, with linear interpolation.
[[nodiscard]] GrayPicture doubled(const GrayPicture& picture);
// Each pixel the mean of the (2 radius + 1)^2 around it. Against noise.
[[nodiscard]] GrayPicture softened(const GrayPicture& picture, std::size_t radius);
// What softened() takes away is added `times` over. Against blur.
[[nodiscard]] GrayPicture sharpened(const GrayPicture& picture, std::size_t radius, int times);
// Black where it is darker than softened(), else white. Against shadows and low contrast.
[[nodiscard]] GrayPicture thresholded(const GrayPicture& picture, std::size_t radius);

// One edge of the picture is drawn together to 0.7 of its length, as if it went away from the viewer. Against
// pictures taken from the other side.
enum class Edge { left, top, right, bottom };
[[nodiscard]] GrayPicture tilted(const GrayPicture& picture, Edge edge);

}  // namespace secondstep::qr_reader
