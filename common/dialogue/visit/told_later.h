#pragma once

#include "dialogue/conversation/script.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// sshd shows a text that comes after the last question of an authentication twice: as a banner, and at the
// start of the session. Its authentication is told nothing then; what it would have been told is told at the
// start of the session alone. Shows it when the last success is of this moment; asks and changes nothing.
[[nodiscard]] Script<Verdict> tell_what_was_put_off(Talk& talk, Visit& visit, const Account& account);

}  // namespace secondstep::dialogue
