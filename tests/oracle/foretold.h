#pragma once

#include <functional>
#include <string>
#include <vector>

#include "oracle/asked_libpam.h"
#include "oracle/pretended_files.h"
#include "stacks/pam_stack.h"

namespace secondstep::testing {

// A mistake that is made on purpose: what is compared with libpam is the stack after it.
using Mistake = std::function<void(std::vector<tool::StackLine>&)>;

// What check-config's own reading and walking say about a service, with pam_debug and pam_recorder as modules and
// every other module missing.
[[nodiscard]] tool::Stack read(const Files& files, const Question& question, tool::LibpamRules rules);
[[nodiscard]] Asked foretell(const tool::Stack& stack, const tool::LibpamRules& rules,
                             const Mistake& mistake = {});

}  // namespace secondstep::testing
