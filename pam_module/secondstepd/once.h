#pragma once

#include <chrono>

#include "base/error.h"
#include "dialogue/conversation/ports.h"
#include "secondstepd/options.h"
#include "secondstepd/service_context.h"
#include "secondstepd/settings.h"

namespace secondstep::service {

// Serves the one dialogue that comes over `socket`, in this thread and with nothing but blocking calls: the
// process was started for it, and its start is what the person waits for. The peer is whoever made the socket
// (SO_PEERCRED of a socketpair names its creator). Returns when the verdict is sent or the peer is gone.
// Errors: io, and what the peer did wrong.
[[nodiscard]] Result<void> serve_once(int socket, const Settings& settings, const dialogue::Ports& ports,
                                      const Timeouts& timeouts);

// `secondstepd --once`: serve_once() on descriptor 3 with the configuration of `options`, and with nothing set up that
// a login of root's programs does not need (no linked portals, no trusted callers, the least of libcrypto). A bad
// configuration is answered `misconfigured`, a missing host key or store `unavailable`; both are logged.
[[nodiscard]] ExitStatus run_once(const Options& options);

}  // namespace secondstep::service
