#pragma once

#include <cstddef>
#include <vector>

#include "pictures/picture_set.h"

namespace secondstep::testing {

// Twelve pictures of one code of this version, bent by this share of its side in twelve directions, sharp and
// well lit. `version`: 2 to 40.
[[nodiscard]] std::vector<SamplePicture> bent_pictures(int version, double share);

// A text that needs a code of exactly this version.
[[nodiscard]] std::string text_for_version(int version);

}  // namespace secondstep::testing
