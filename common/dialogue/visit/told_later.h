#pragma once

#include <string>

#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// sshd shows a text that comes after the last question of an authentication twice: as a banner, and at the
// start of the session. Its authentication is told nothing then; what it would have been told is told at the
// start of the session alone. That is this text, when the last success is of this moment; empty: nothing.
[[nodiscard]] bool is_of_this_moment(UnixTime last_success, UnixTime now);
[[nodiscard]] std::string what_was_put_off(const Visit& visit, const Account& account);

}  // namespace secondstep::dialogue
