#pragma once

#include "base/error.h"
#include "base/file.h"

namespace secondstep::wire {

// The same open file under a number above 2. A host may have closed 0, 1 and 2, and a socket that got such a
// number would receive what the host prints (or feed what it reads). Errors: io.
[[nodiscard]] Result<UniqueFd> above_standard(UniqueFd fd);

}  // namespace secondstep::wire
