#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "policy/config.h"
#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// What is wrong with secondstep.conf: what cannot be read of it, or what its rules give away.
[[nodiscard]] Remarks configuration_remarks(const Result<Config>& config, const std::string& file);

// The configuration has codes or notices sent, and nothing that sends them is installed.
[[nodiscard]] Remarks courier_remarks(const Config& config, const std::string& file);

// `remember` needs a stack that says that the first factor has passed; `stacks` are those that have the module.
[[nodiscard]] Remarks remembering_remarks(const Config& config, const std::string& file,
                                          const std::vector<Stack>& stacks);

}  // namespace secondstep::tool
