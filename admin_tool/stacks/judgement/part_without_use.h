#pragma once

#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// The module in the session or the password part, where it has nothing to do: libpam takes it for one that is not
// there.
[[nodiscard]] Remarks parts_without_use(const Stack& stack);

}  // namespace secondstep::tool
