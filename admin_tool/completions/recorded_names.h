#pragma once

#include <string_view>

#include "console/exit_status.h"
#include "console/invocation.h"

namespace secondstep::tool {

// Prints the names that begin with `prefix` and have a record in the store, one a line, for shells that complete them: those
// of portals' users are in no list of the machine's. Only who may read the store is told. A name may hold whatever a shell
// understands otherwise: who offers it quotes it.
[[nodiscard]] Exit print_recorded_names(const Invocation& invocation, std::string_view prefix);

}  // namespace secondstep::tool
