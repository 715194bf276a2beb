#pragma once

#include "relay/options.h"

namespace secondstep::relay {

// The relay as a service, on a host or a node, until SIGTERM or SIGINT. SIGHUP: a node reads its certificate again; a host
// does so by itself.
[[nodiscard]] ExitStatus run_daemon(const Options& options);

}  // namespace secondstep::relay
