#pragma once

#include <string>

#include "stacks/remark.h"

namespace secondstep::tool {

// "PATH: warning: cannot be read: this stack was not checked": what could not be looked at is said.
[[nodiscard]] Remark cannot_be_read(const std::string& path, const std::string& consequence);

}  // namespace secondstep::tool
