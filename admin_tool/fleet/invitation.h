#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "fleet/fleet_session.h"

namespace secondstep::tool {

// `fleet invite-hosts`: lets hosts join.
struct Invitation {
    std::vector<std::string> names;
    bool is_pattern = false;
    unsigned count = 0;
    std::chrono::seconds valid{};
    fleet::HostClass changes = fleet::HostClass::login;
    bool json = false;
};

// Checks what was asked for. Stops with usage.
[[nodiscard]] OrExit<Invitation> checked(Invitation invitation);

// Makes the permission and shows its token, once.
[[nodiscard]] Exit invite_hosts(const FleetSession& session, const Invitation& invitation);

}  // namespace secondstep::tool
