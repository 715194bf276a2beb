#pragma once

#include "policy/config.h"
#include "stacks/judgement/before_stack.h"
#include "stacks/judgement/fault.h"

namespace secondstep::tool {

// All that is wrong with the auth and account parts of a stack; nothing where neither has the module. What libpam
// cannot read stands in Stack::problems.
[[nodiscard]] Faults stack_faults(const Stack& stack, const Config& config, BeforeStack before);

}  // namespace secondstep::tool
