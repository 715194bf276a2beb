#pragma once

#include <cstdint>
#include <string>

#include "pictures/picture_file.h"

// Files that no program of good will writes.
namespace secondstep::testing {

// A PNG whose header claims this size, with a few bytes of pixels.
[[nodiscard]] FileBytes png_claiming(std::uint32_t width, std::uint32_t height);

// `png` with `count` more chunks of text behind its header, each a few KB that inflate to `size` bytes.
[[nodiscard]] FileBytes with_inflating_texts(const FileBytes& png, int count, std::size_t size);

// A progressive JPEG whose last scan comes `times` times.
[[nodiscard]] FileBytes with_repeated_scan(const FileBytes& jpeg, int times);

// A page full of what looks like the corners of codes: a few KB that cost a reader many seconds.
[[nodiscard]] Canvas page_of_corners(std::size_t in_a_row);

// A page with this code in its middle.
[[nodiscard]] Canvas page_with(const Symbol& symbol);
[[nodiscard]] Canvas page_with(const std::string& text);

}  // namespace secondstep::testing
