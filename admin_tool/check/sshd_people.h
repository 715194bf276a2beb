#pragma once

#include <vector>

#include "stacks/programs/sshd_sample.h"

namespace secondstep::tool {

// Whom to look at through this sshd's eyes: root, people with an account here, and whom its Match lines name or
// mean by a group. Looks up no more than these lines ask about; where there are none, one person stands for all.
[[nodiscard]] std::vector<SshdPerson> people_for(const SshdConfiguration& sshd);

}  // namespace secondstep::tool
