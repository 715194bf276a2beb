#pragma once

#include "policy/config.h"
#include "stacks/judgement/fault.h"

namespace secondstep::tool {

// What is wrong with the account part of a stack that has the module there: people who have to enroll get by it, or who
// has nothing to enroll is refused.
[[nodiscard]] Faults account_faults(const Stack& stack, const Config& config);

// That nobody at all gets through the account part, whether the module is in it or not.
[[nodiscard]] Faults closed_account_faults(const Stack& stack);

}  // namespace secondstep::tool
