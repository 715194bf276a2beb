#pragma once

#include "dialogue/conversation/script.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// Somebody who has arrived lists, adds, renames or removes devices of their own second step, as the tool's form
// says. What changes something asks for the present second step first, and is done only if the devices are
// still those that were shown, the one that was meant is one of them, and the change still fits. A device that is
// added is confirmed with a code of its own before it is stored; no recovery codes are made. For the tool:
// {"user":"alice","devices":[...]}; of a change {"user":"alice","changed":true,"devices":["phone","tablet"]}, and the
// same with false before the proof is asked for. The last one counts.
[[nodiscard]] Script<Ended> manage_devices(Visit& visit);

}  // namespace secondstep::dialogue
