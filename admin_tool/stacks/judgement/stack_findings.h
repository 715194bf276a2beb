#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/config.h"
#include "stacks/judgement/before_stack.h"
#include "stacks/judgement/trial.h"
#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

inline constexpr std::string_view second_step_module = "pam_secondstep";

[[nodiscard]] bool has_second_step(const Stack& stack);
// An auth line says that the first factor has passed when the module is reached.
[[nodiscard]] bool claims_first_factor(const Stack& stack);
[[nodiscard]] bool asks_for_a_password(const Stack& stack);

// What is wrong with a stack that has the module, each proved by a walk through it, and a mend that was tried: it ends
// the finding, makes no other, and everybody who gets in still does (trial.h). `neighbours`: the other services, which
// may include the same files; a mend of such a file harms none of them.
[[nodiscard]] Remarks findings_in(const Stack& stack, const Config& config,
                                  BeforeStack before = BeforeStack::nothing,
                                  const Neighbours& neighbours = {});

}  // namespace secondstep::tool
