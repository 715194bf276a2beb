#pragma once

#include "policy/config.h"
#include "stacks/judgement/before_stack.h"
#include "stacks/judgement/fault.h"

namespace secondstep::tool {

// What is wrong with the auth part of a stack that has the module there, each proved by a way through it.
[[nodiscard]] Faults auth_faults(const Stack& stack, const Config& config, BeforeStack before);

}  // namespace secondstep::tool
