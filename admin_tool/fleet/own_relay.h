#pragma once

#include <string>

#include "base/error.h"
#include "policy/config.h"
#include "relay/envelope.h"

namespace secondstep::tool {

// One question to the relay of this machine, at this socket, and its answer, within two seconds. Errors: those of
// line_to_the_relay(), timed_out, closed.
[[nodiscard]] Result<relay::Envelope> ask_own_relay(const Config& config, const std::string& socket,
                                                    const relay::Envelope& question);

// On a node, as root or as the relay's account: all hosts that were connected since its relay began. It is asked with the ids of
// the relay's account, in whose folder the socket is. Errors: as above; not_allowed, not_found (no such account), unsupported.
[[nodiscard]] Result<relay::HostsSeen> hosts_seen(const Config& config);

}  // namespace secondstep::tool
