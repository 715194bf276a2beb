#pragma once

#include <chrono>

namespace secondstep {

// At most so many in any stretch of that length: "3/15m".
struct RateLimit {
    unsigned count = 0;
    std::chrono::seconds within{0};
    friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

}  // namespace secondstep
