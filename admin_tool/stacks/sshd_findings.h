#pragma once

#include "policy/config.h"
#include "stacks/pam_stack.h"
#include "stacks/remark.h"
#include "stacks/sshd_settings.h"

namespace secondstep::tool {

// Settings under which people are not asked, or cannot enroll in the time there is. `stack` is sshd's and has
// the module.
[[nodiscard]] Remarks sshd_findings(const SshdSettings& sshd, const Stack& stack, const Config& config);

}  // namespace secondstep::tool
