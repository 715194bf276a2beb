#pragma once

#include "secondstepd/options.h"

namespace secondstep::service {

// Runs the service until SIGTERM or SIGINT. Says on standard error why it could not start.
[[nodiscard]] ExitStatus run_daemon(const Options& options);

}  // namespace secondstep::service
