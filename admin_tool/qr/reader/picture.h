#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>

#include "base/bytes.h"
#include "qr/reader/answer.h"
#include "qr/reader/gray_picture.h"

namespace secondstep::qr_reader {

// More than any screen (three of 8K beside each other: 99.5 million) and any camera of a phone (200 million).
inline constexpr std::size_t most_png_pixels = 100'000'000;
inline constexpr std::size_t most_jpeg_pixels = 250'000'000;

using Background = std::uint8_t;  // the gray that shines through where a picture is transparent
inline constexpr Background white = 255;
inline constexpr Background black = 0;

// A PNG or a JPEG, told by its first bytes, as gray pixels, at most most_searched_pixels of them. The number
// of pixels is judged by the header, before memory is asked for. A JPEG that is cut short is decoded as far
// as it goes (`damaged`); many cameras write files a decoder has something to say about.
// Refusals: what refusal_of() says (foreign_form.h), too_many_pixels, damaged, no_memory. Throws std::bad_alloc.
[[nodiscard]] std::expected<GrayPicture, Refusal> decode_picture(ByteView bytes, Background background);

[[nodiscard]] bool is_png(ByteView bytes);
[[nodiscard]] bool is_jpeg(ByteView bytes);
[[nodiscard]] std::expected<GrayPicture, Refusal> decode_png(ByteView bytes, Background background);
[[nodiscard]] std::expected<GrayPicture, Refusal> decode_jpeg(ByteView bytes);

}  // namespace secondstep::qr_reader
