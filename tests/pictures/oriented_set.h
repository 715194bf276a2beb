#pragma once

#include <vector>

#include "pictures/picture_set.h"

namespace secondstep::testing {

// A code as a camera stores it, in each of the eight orientations that EXIF knows, in four sizes (modules of 2.5
// to 12 pixels), as JPEG that says its orientation and as PNG that cannot: 64 pictures, half of them mirrored.
[[nodiscard]] std::vector<SamplePicture> oriented_pictures();

}  // namespace secondstep::testing
