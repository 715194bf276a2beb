#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>

#include "base/error.h"
#include "relay/envelope.h"

// Envelopes through a socket of SOCK_SEQPACKET, without waiting. What was received is wiped behind the envelope.
namespace secondstep::relay {

// Returns nullopt if none is there. Errors: closed, damaged and unsupported of decode(), io.
[[nodiscard]] Result<std::optional<Envelope>> receive_envelope(int socket);

// False: there is no room now. Errors: too_large of encode(), closed, io.
[[nodiscard]] Result<bool> send_envelope(int socket, const Envelope& envelope);

// As recv(2) of a packet, without waiting, with MSG_TRUNC: its size, also of one that is larger than `room`; 0 at the end;
// -1 with errno. What the other side said before it hung up without reading all comes before the end.
[[nodiscard]] ssize_t receive_packet(int socket, std::span<std::uint8_t> room);

// Whoever is at the other end (of one that was connected to: whoever called listen(2)). Errors: io.
[[nodiscard]] Result<uid_t> peer_of(int socket);

}  // namespace secondstep::relay
