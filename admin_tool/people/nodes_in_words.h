#pragma once

#include <string>

#include "policy/fleet_config.h"

namespace secondstep::tool {

// "auth1", "auth1, auth2 or auth3": where an administrator has to go, as the configuration of a host names them.
[[nodiscard]] std::string nodes_in_words(const FleetConfig& fleet);

}  // namespace secondstep::tool
