#pragma once

#include <sys/types.h>

#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "wire/message.h"

namespace secondstep::service {

// Our end of one connection: packets without blocking.

// The uid that made the other end, from SO_PEERCRED; the kernel's word, not the peer's. Errors: io.
[[nodiscard]] Result<uid_t> peer_uid(int socket);

// Returns nullopt if there is no packet yet. Errors: closed (hung up), damaged (no message, or one over the
// bound), unsupported (of a newer version), io.
[[nodiscard]] Result<std::optional<wire::Message>> receive_message(int socket);

// False: there is no room now, wait for it and send the same packet again. Errors: closed, io.
[[nodiscard]] Result<bool> send_packet(int socket, const Secret& packet);

}  // namespace secondstep::service
