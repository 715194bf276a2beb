#pragma once

#include <string>

#include "policy/fleet_config.h"

namespace secondstep {

// Of a node: where its relay answers whoever may ask which hosts it hears, root and its own account. In a folder that is the
// relay's own, beside relay_socket, on which hosts alone listen: a node has nothing there that starts its relay.
[[nodiscard]] inline std::string node_questions_socket(const FleetConfig& fleet) {
    const std::string& path = fleet.relay_socket;
    const auto slash = path.rfind('/') + 1;  // 0: there is none
    return path.substr(0, slash) + "node/" + path.substr(slash);
}

}  // namespace secondstep
