#pragma once

#include "courier/options.h"

namespace secondstep::courier {

// Reads configuration and credentials as a courier would and prints what they make of each channel, or what
// is wrong; a line that begins with "warn" is for somebody to think about. As root: the credentials must be
// the courier account's.
[[nodiscard]] ExitStatus check(const Options& options);

}  // namespace secondstep::courier
