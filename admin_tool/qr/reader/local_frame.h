#pragma once

#include "qr/reader/gray_picture.h"
#include "qr/reader/point.h"

namespace secondstep::qr_reader {

// A small piece of a symbol in a picture, which is flat enough: the middle of a pattern, and the steps from one
// module to the next on its right and below.
struct LocalFrame {
    Point centre;
    Point right;
    Point down;
    // So many modules from the centre.
    [[nodiscard]] Point at(Point modules) const { return centre + modules.x * right + modules.y * down; }
};

// The two patterns of nested squares, by their modules a side (ISO/IEC 18004:2015, 6.3.3 and 6.3.6).
enum class Pattern { finder = 7, alignment = 5 };

// How much the picture looks like the pattern there: the correlation of its light with the pattern's, 1 for the
// pattern itself, about 0 for anything, -1 for its negative. The contrast does not matter.
[[nodiscard]] double likeness(const GrayPicture& picture, Pattern pattern, const LocalFrame& frame);

// The frame near this one where the likeness is highest.
[[nodiscard]] LocalFrame fitted(const GrayPicture& picture, Pattern pattern, LocalFrame frame);

}  // namespace secondstep::qr_reader
