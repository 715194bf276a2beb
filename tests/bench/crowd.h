#pragma once

#include <functional>
#include <vector>

#include "samples.h"

namespace secondstep::bench {

// Runs `body(worker)` in `count` forked processes that start together; returns what each returned (0 to 255; -1
// when it was killed), and the time from the start signal to the last end.
struct CrowdResult {
    std::vector<int> values;
    Nanoseconds elapsed{};
};
[[nodiscard]] CrowdResult run_together(int count, const std::function<int(int)>& body);

}  // namespace secondstep::bench
