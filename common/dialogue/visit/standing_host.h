#pragma once

#include "base/error.h"
#include "dialogue/conversation/script.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// Asks the registry about the host that is logged in to, before something is judged or changed for it: a conversation may
// stand for ten minutes, and what an administrator says of a host counts for those that stand, too. Of this machine it is
// nothing. Errors: not_allowed if it is no host of the fleet any more; as the registry's; busy.
[[nodiscard]] Script<Result<void>> look_at_host(Visit& visit);

}  // namespace secondstep::dialogue
