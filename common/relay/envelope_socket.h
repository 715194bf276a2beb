#pragma once

#include <optional>

#include "base/error.h"
#include "relay/envelope.h"

// Envelopes through a socket of SOCK_SEQPACKET, without waiting. What was received is wiped behind the envelope.
namespace secondstep::relay {

// Returns nullopt if none is there. Errors: closed, damaged and unsupported of decode(), io.
[[nodiscard]] Result<std::optional<Envelope>> receive_envelope(int socket);

// False: there is no room now. Errors: too_large of encode(), closed, io.
[[nodiscard]] Result<bool> send_envelope(int socket, const Envelope& envelope);

}  // namespace secondstep::relay
