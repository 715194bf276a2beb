#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policy/config.h"
#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

inline constexpr std::string_view second_step_module = "pam_secondstep";

[[nodiscard]] bool has_second_step(const Stack& stack);
// An auth line says that the first factor has passed when the module is reached.
[[nodiscard]] bool claims_first_factor(const Stack& stack);
[[nodiscard]] bool asks_for_a_password(const Stack& stack);

// In whose name people who are not enrolled have to enroll on this service: a rule's, or "" for the default.
// Returns nullopt if nobody has to.
[[nodiscard]] std::optional<std::string> enrolling_rule(const Config& config, std::string_view service);

// What the program has made sure of before it runs the stack: sshd of a public key.
enum class BeforeStack : std::uint8_t {
    nothing,
    key,          // in every way in that runs the stack
    key_or_none,  // in some, and in others not
    cannot_tell,  // its settings are not known
};

// What is wrong with a stack that has the module, each proved by a walk through it, and what would be right.
[[nodiscard]] Remarks findings_in(const Stack& stack, const Config& config,
                                  BeforeStack before = BeforeStack::nothing);

}  // namespace secondstep::tool
