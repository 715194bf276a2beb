#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "qr/reader/gray_picture.h"
#include "qr/reader/point.h"

// All that is asked of ZXing (1.4 and 2.3 have other names for it), and what is known of its limits.
namespace secondstep::qr_reader {

// Upper left, upper right, lower right, lower left, as the code sees itself.
using Corners = std::array<Point, 4>;

struct DecodedSymbol {
    std::string text;       // UTF-8; empty: it holds something else
    bool in_parts = false;  // one of several that hold one text together (ISO/IEC 18004:2015, clause 8)
    Corners corners;
};

enum class Threshold {
    local,  // from the pixels around, if they differ by 24 levels at least
    fixed   // 127: for a picture of 0 and 255
};

// The flat QR codes in a picture, dark on light, with a quiet zone. Of more than a few some may be missed. The
// time has no bound but a cube of the number of finder patterns.
[[nodiscard]] std::vector<DecodedSymbol> read_symbols(const GrayPicture& picture, Threshold threshold);

// A symbol that was drawn here: nothing else is in the picture, and every module is a square of pixels. What it
// returns has passed the code's own error correction; its corners are of no use.
[[nodiscard]] std::optional<DecodedSymbol> read_drawn_symbol(const GrayPicture& picture);

}  // namespace secondstep::qr_reader
