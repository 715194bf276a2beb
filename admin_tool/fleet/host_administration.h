#pragma once

#include <string>

#include "fleet/fleet_session.h"
#include "relay/envelope.h"

namespace secondstep::tool {

// What an administrator does with hosts that have joined, and sees of them.
[[nodiscard]] Exit list_hosts(const FleetSession& session, bool json);
// `seen`: what the relay of this node was asked before, by hosts_seen().
[[nodiscard]] Exit show_fleet(const FleetSession& session, const Result<relay::HostsSeen>& seen, bool json);
[[nodiscard]] Exit set_class(const FleetSession& session, const std::string& host, fleet::HostClass changes,
                             bool json);
[[nodiscard]] Exit drop_host(const FleetSession& session, const std::string& host, bool json);
// `permission`: as invite-hosts and status show it.
[[nodiscard]] Exit withdraw(const FleetSession& session, const std::string& permission, bool json);

}  // namespace secondstep::tool
