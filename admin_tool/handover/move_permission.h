#pragma once

#include <chrono>
#include <string>

#include "fleet/fleet_session.h"

namespace secondstep::tool {

// `fleet let-migrate`: permits one host to hand its accounts over, until `valid` is over, and shows the token.
struct MovePermission {
    std::string host;
    std::chrono::seconds valid{};
    bool json = false;
};
[[nodiscard]] Exit let_migrate(const FleetSession& session, const MovePermission& wanted);

// `fleet end-migration`: takes the permission back. Of what has left the fleet for that host it has to be known where it is.
struct EndOfMove {
    enum class Away {
        not_said,
        taken_over,  // it is on the host: what was kept of it goes
        taken_back,  // it never got there, or is not used there: it is in the fleet again, without what may have been used
    };
    std::string host;
    Away away = Away::not_said;
    bool json = false;
};
[[nodiscard]] Exit end_migration(const FleetSession& session, const EndOfMove& wanted);

}  // namespace secondstep::tool
