#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/config.h"
#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// Services that have nobody to ask: cron's jobs, systemd's manager of each user, file shares.
[[nodiscard]] bool asks_nobody(std::string_view service);

// Such services whose account part has the module, and which a rule that makes people enroll is about: who is not
// enrolled is refused there, and nothing ever asks them. One remark for each rule. `file` is the configuration,
// for remarks about its defaults.
[[nodiscard]] Remarks unattended_findings(const std::vector<Stack>& services, const Config& config,
                                          const std::string& file);

}  // namespace secondstep::tool
