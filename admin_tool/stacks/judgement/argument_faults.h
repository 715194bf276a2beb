#pragma once

#include <string_view>

#include "policy/config.h"
#include "stacks/judgement/fault.h"

namespace secondstep::tool {

// What is wrong with the arguments of pam_secondstep's lines: words it does not know, a prompt that nobody takes the
// password from, codes that are never sent, an enrollment that one part begins and the other does not know of.
[[nodiscard]] Faults argument_faults(const Stack& stack, const Config& config);

// Of pam_secondstep's own.
[[nodiscard]] bool is_known_argument(std::string_view argument);

}  // namespace secondstep::tool
