#pragma once

#include "dialogue/script.h"
#include "dialogue/visit.h"

namespace secondstep::dialogue {

// Somebody manages the portals they have linked, or reads a code, with the tool and without privileges: asks
// the tool for its request (a form), does it, and shows what came of it as data. Before a key is revealed
// somebody who has a second step shows it. Verdicts as Manage's.
[[nodiscard]] Script<Verdict> manage_portals(Talk& talk, Visit& visit);

// What the first question says; the tool answers it, and nobody sees it.
inline constexpr std::string_view portal_form_prompt = "portals";

}  // namespace secondstep::dialogue
