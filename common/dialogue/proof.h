#pragma once

#include <expected>

#include "dialogue/saved_codes.h"
#include "dialogue/script.h"
#include "dialogue/visit.h"

namespace secondstep::dialogue {

// Asks a person who has arrived and is enrolled for his present second step, an authenticator's code or a
// recovery code, as often as `tries` says: before what he asked for changes his account or hands a secret of
// it out. Returns which one it was, to be compared when that is done (somebody may have set up another one
// meanwhile). A verdict: it was not shown; `cancelled` and `unavailable` have been logged, and every answer
// that was judged.
[[nodiscard]] Script<std::expected<AuthenticatorIds, Verdict>> prove(Talk& talk, Visit& visit);

}  // namespace secondstep::dialogue
