#pragma once

#include "courier/options.h"

namespace secondstep::courier {

// What secondstep-courier.socket does, for machines without systemd: binds the socket (mode 0600, for the
// service's account), and for each connection of that account or root starts this program once more, as the
// courier's account and with nothing but the connection; at most 64 at once, the others wait. Until SIGTERM
// or SIGINT. Started by anybody but root it serves as who it is.
[[nodiscard]] ExitStatus listen(const Options& options);

}  // namespace secondstep::courier
