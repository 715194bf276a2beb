#pragma once

#include <string>

#include "exit_status.h"
#include "output.h"

namespace secondstep::tool {

// Asks, through PAM (service "secondstep"), for what the account's owner knows: the one file here that calls
// libpam. It keeps somebody at an unlocked terminal from enrolling; not a program of the user, which can talk
// to the service without it.
// Done, refused, or unavailable when PAM cannot tell; the reason was printed.
[[nodiscard]] Exit check_account_password(const std::string& user, Output& screen);

}  // namespace secondstep::tool
