#pragma once

#include "relay/options.h"

namespace secondstep::relay {

// Asks the nodes of the command line, one after the other until one answers, for a certificate for this machine, and
// writes it with its key and the fleet's authority into the directory; or shows the one that is offered there. The token is read from standard input. Nothing is
// sent to a node that cannot show a certificate of the authority that the token names. What goes wrong is said on
// standard error.
[[nodiscard]] ExitStatus join(const Options& options);

}  // namespace secondstep::relay
