#pragma once

#include "console/exit_status.h"
#include "console/output.h"
#include "portals/offered_keys.h"
#include "portals/portal_call.h"

namespace secondstep::tool {

// What is in the picture of a portal's QR code that comes from a telephone: over a page whose link is sent
// by SMS (--phone) or shown (--link). Stops after saying why there is none.
[[nodiscard]] OrExit<OfferedKeys> keys_from_phone(const PortalCall& call, Output& screen);

}  // namespace secondstep::tool
