#pragma once

#include <vector>

#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// Services that are another door into the same room (su and su-l, sudo and sudo-i, the ways into GNOME): one asks
// for a code, and the other, which is there and lets people in, does not. `services`: all that there are.
[[nodiscard]] Remarks twins_without_code(const std::vector<Stack>& services);

}  // namespace secondstep::tool
