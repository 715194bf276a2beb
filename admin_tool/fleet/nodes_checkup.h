#pragma once

#include "installation/diagnosis.h"
#include "policy/config.h"
#include "relay/envelope.h"

namespace secondstep::tool {

// On a host, as the service's account: what its relay sees of the nodes. A clock is off by what is sure after the way there and
// back is taken into account.
void check_fleet_nodes(const Config& config, Diagnoses& findings);
[[nodiscard]] Diagnoses judged_nodes(const relay::NodesSeen& seen);

}  // namespace secondstep::tool
