#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace secondstep {

[[nodiscard]] std::string counted(std::int64_t number, std::string_view unit);  // "1 day", "3 days"

// About how long, in one unit: "89 seconds", "4 minutes", "2 hours".
[[nodiscard]] std::string in_words(std::chrono::seconds duration);

}  // namespace secondstep
