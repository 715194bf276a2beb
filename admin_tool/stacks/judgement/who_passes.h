#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "stacks/pam_stack.h"

namespace secondstep::tool {

// What the module of a line answers, whatever anybody types; nothing: it may say yes, no, or nothing at all.
using SureAnswer = std::function<std::optional<PamCode>(const StackLine&)>;

// Whether the lines of one facility let anybody through, with the best that the other modules can answer. Returns
// nullopt if there are more ways through them than were walked: it cannot be told.
[[nodiscard]] std::optional<bool> somebody_passes(const std::vector<StackLine>& lines,
                                                  const SureAnswer& sure);

// Of pam_deny, pam_permit, and of modules that are not there, which libpam answers for.
[[nodiscard]] std::optional<PamCode> sure_answer(const StackLine& line);

}  // namespace secondstep::tool
