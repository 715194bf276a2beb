#pragma once

#include <chrono>
#include <vector>

#include "qr/reader/gray_picture.h"
#include "qr/reader/zxing_reader.h"

namespace secondstep::qr_reader {

// The dark codes on light in a picture that need not lie flat, nor the right way round, nor have a quiet zone:
// they are sampled through all their patterns, drawn anew, and read by ZXing, so nothing is found that has
// not passed error correction. Their modules are about 2 to 10 pixels wide: larger ones want a smaller picture.
//
// The time has a bound, whatever is in the picture: that of a pass over its pixels, and of two dozen
// symbols at most. None is begun after `end`.
[[nodiscard]] std::vector<DecodedSymbol> read_curved_symbols(const GrayPicture& picture,
                                                             std::chrono::steady_clock::time_point end);

}  // namespace secondstep::qr_reader
