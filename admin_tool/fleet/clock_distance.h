#pragma once

#include <chrono>
#include <string>

namespace secondstep::tool {

// So far the clocks of two machines of a fleet may be apart before doctor says so.
inline constexpr std::chrono::milliseconds clocks_may_differ{1'000};

// "1.5 s"; from 100 seconds on in words, "2 hours".
[[nodiscard]] std::string distance_in_words(std::chrono::milliseconds apart);

}  // namespace secondstep::tool
