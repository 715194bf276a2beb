#pragma once

#include <string>

#include "access/service_child.h"
#include "base/error.h"
#include "console/exit_status.h"
#include "policy/config.h"

namespace secondstep::tool {

// The account that has the network, and its directory: made where they are missing, as root, or by the account itself.
// True: something was made.
[[nodiscard]] OrExit<bool> have_relay_account(const Config& config);

// run_as_service_account with the ids of that account: what lies in its directory is touched by nobody else.
[[nodiscard]] Exit run_as_relay_account(const Config& config, const std::function<Exit()>& work);

}  // namespace secondstep::tool
