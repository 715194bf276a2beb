#pragma once

#include "base/error.h"

namespace secondstep::dialogue {

// The sentence of such an error of perform() (portal_actions.h) is for who asks; of others it names causes
// that are the journal's.
[[nodiscard]] bool is_for_who_asks(Errc code);

}  // namespace secondstep::dialogue
