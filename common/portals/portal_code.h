#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "portals/linked_portal.h"

namespace secondstep {

// A code of a linked portal, to be handed out when the portal's new state is stored.
struct PortalCode {
    Secret digits;
    std::optional<std::chrono::seconds> remaining;  // TOTP: how long the portal's clock shows this one
    bool handed_out_before = false;                 // TOTP: a portal that keeps RFC 6238 refuses it now
};

// With `wait`: there is no fresh code yet; there will be after this time.
struct NoCodeYet {
    std::chrono::seconds until;
};

// With less than this left, a code may be over before the portal has seen it.
inline constexpr std::chrono::seconds fresh_code_time{5};

// Whether the answer has to be a code that no portal has seen (RFC 6238 section 5.2 has it refused the second
// time), with time left: then each step is handed out once, also to several who ask at the same moment.
enum class Freshness { any, fresh };

// Pure: changes `portal` in memory; whoever stores it durably may reveal the code. A HOTP counter moves on
// with each. A step that a clock ahead of its time handed out does not hold back later ones for long. Errors:
// crypto; too_large (the last counter is used up).
[[nodiscard]] Result<std::variant<PortalCode, NoCodeYet>> hand_out(LinkedPortal& portal, Freshness freshness,
                                                                   UnixTime now);

}  // namespace secondstep
