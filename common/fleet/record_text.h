#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "fleet/move.h"
#include "fleet/records.h"

// The records of a fleet as text, before they are sealed: the same for every store. etc/FORMATS.md has them.
namespace secondstep::fleet {

[[nodiscard]] Secret encode(const FleetIdentity& identity);
[[nodiscard]] Secret encode(const RegisteredHost& host);
[[nodiscard]] Secret encode(const JoinPermission& permission);
[[nodiscard]] Secret encode(const Move& move);

// Errors, of each: damaged, unsupported (of a newer version).
[[nodiscard]] Result<FleetIdentity> decode_identity(const Secret& text);
[[nodiscard]] Result<RegisteredHost> decode_host(const Secret& text);
[[nodiscard]] Result<JoinPermission> decode_permission(const Secret& text);
[[nodiscard]] Result<Move> decode_move(const Secret& text);

}  // namespace secondstep::fleet
