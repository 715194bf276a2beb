#pragma once

#include <vector>

#include "base/clock.h"
#include "console/json_text.h"
#include "installation/diagnosis.h"
#include "policy/config.h"
#include "store/break_glass_uses.h"

namespace secondstep::tool {

// Logins by break-glass codes that hosts have told this node of. All as the service's account.

inline constexpr std::chrono::hours shown_for = std::chrono::days{30};

// Those of so long a time, the newest first. Errors: as BreakGlassUses::all().
[[nodiscard]] Result<std::vector<BreakGlassUse>> late_uses(const Config& config, UnixTime now);
// Nothing where there are none.
void show_uses(const std::vector<BreakGlassUse>& uses);
[[nodiscard]] Json to_json(const std::vector<BreakGlassUse>& uses);

// On a node what came in the last week; on a host what no node has heard of.
void check_uses(const Config& config, UnixTime now, Diagnoses& findings);

}  // namespace secondstep::tool
