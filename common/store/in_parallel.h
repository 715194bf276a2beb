#pragma once

#include <cstddef>
#include <functional>

#include "base/error.h"

namespace secondstep {

// Calls `work` for every index below `count`, from as many threads as there are processors at once, each
// index once; a few indices are done by the caller's thread alone. After an error no further index is begun.
// The error of one of those that failed.
[[nodiscard]] Result<void> in_parallel(std::size_t count,
                                       const std::function<Result<void>(std::size_t index)>& work);

}  // namespace secondstep
