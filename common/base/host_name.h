#pragma once

#include <string>

namespace secondstep {

// What this machine calls itself, or `otherwise` where it does not say.
[[nodiscard]] std::string host_name(const std::string& otherwise = "localhost");

}  // namespace secondstep
