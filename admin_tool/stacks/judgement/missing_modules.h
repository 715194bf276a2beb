#pragma once

#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// Modules that the machine does not have (StackLine::is_missing), in a stack with the second step: which lines
// close it, and which only do nothing. A line that looks like a mistyped pam_secondstep.so is reported in any stack.
[[nodiscard]] Remarks missing_modules(const Stack& stack);

}  // namespace secondstep::tool
