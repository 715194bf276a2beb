#pragma once

#include <optional>

#include "stacks/judgement/possible_mend.h"
#include "stacks/judgement/trial.h"

namespace secondstep::tool {

// The smallest change that was tried and ends a fault: of one line, of two, or a whole part of the service's own file.
// Returns nullopt if none was found.
[[nodiscard]] std::optional<PossibleMend> mend_of(const Stack& stack, const Fault& fault, const Trial& trial);

}  // namespace secondstep::tool
