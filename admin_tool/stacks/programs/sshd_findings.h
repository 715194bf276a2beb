#pragma once

#include <string>
#include <vector>

#include "policy/config.h"
#include "stacks/pam_stack.h"
#include "stacks/programs/sshd_view.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// Settings under which people are not asked, or cannot enroll in the time there is. `stack` is that of the sshd
// whose settings these are, and has the module. What is so for some of `views` alone names them; but where a
// Match block gives others than ordinary people a way in without a code, that is what it was written for.
[[nodiscard]] Remarks sshd_findings(const SshdViews& views, const Stack& stack, const Config& config);

// Who has such a way in: shown beside the findings, so that nobody has one unseen.
[[nodiscard]] std::vector<std::string> without_code(const SshdViews& views);

}  // namespace secondstep::tool
