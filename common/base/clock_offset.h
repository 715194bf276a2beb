#pragma once

#include <chrono>
#include <string>

namespace secondstep {

// How far a clock is off, to who has to set it: "12 minutes slow"; > 0 is fast.
[[nodiscard]] std::string clock_offset_in_words(std::chrono::seconds offset);

}  // namespace secondstep
