#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/config.h"

namespace secondstep::tool {

// In whose name people who are not enrolled have to enroll on this service: a rule's, or "" for the default.
// Returns nullopt if nobody has to.
[[nodiscard]] std::optional<std::string> enrolling_rule(const Config& config, std::string_view service);

}  // namespace secondstep::tool
