#pragma once

#include <sys/resource.h>

#include "base/error.h"

namespace secondstep::process {

// At most so much of it for this process and all it starts, for good; where less was allowed before, that
// stays. Errors: io.
[[nodiscard]] Result<void> limit(__rlimit_resource what, rlim_t most);

}  // namespace secondstep::process
