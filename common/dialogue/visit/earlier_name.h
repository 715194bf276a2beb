#pragma once

#include "dialogue/conversation/script.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// Of somebody with no second step under their own name: whether their uid has one under a name that is
// certainly gone. Then their account was renamed, and they are not "not enrolled" (usermod -l must not switch
// the second step off). Two names that both are accounts with this uid are two accounts. Never for uid 0,
// which several accounts may share. For somebody unknown: only the system calls of somebody without a second
// step. Error: they have one, or it cannot be told; the detail has both names and what mends it.
[[nodiscard]] Script<Result<void>> check_earlier_names(Visit& visit);

}  // namespace secondstep::dialogue
