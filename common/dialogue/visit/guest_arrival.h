#pragma once

#include <optional>

#include "dialogue/conversation/ended.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// Fills in what the host of a guest says of them, as far as a host is believed: never looser than this node's own
// terms. A verdict when that decides already.
[[nodiscard]] std::optional<Ended> recognize_guest(Visit& visit);

// Where uids differ, another machine's "alice" could manage this one's second step: a verdict when that is wanted.
[[nodiscard]] std::optional<Ended> managing_by_uid(Visit& visit);

}  // namespace secondstep::dialogue
