#pragma once

#include "dialogue/conversation/script.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// Somebody manages the portals they have linked, or reads a code, with the tool and without privileges: asks
// the tool for its request (a form), does it, and shows what came of it as data. Before a key is revealed
// somebody who has a second step shows it. Verdicts as Manage's.
[[nodiscard]] Script<Ended> manage_portals(Visit& visit);

}  // namespace secondstep::dialogue
