#pragma once

#include <cstdint>
#include <vector>

#include "stacks/pam_control.h"
#include "stacks/pam_stack.h"

namespace secondstep::tool {

// What a module is to a login. Names decide only where a manual page does: modules that ask nobody. What any
// other module is, a first factor or a switch, the walks say (first_factors.h).
enum class Nature : std::uint8_t {
    second_step,   // pam_secondstep
    settled,       // always answers the same: pam_permit, pam_deny, pam_env
    circumstance,  // judges the situation and proves nobody: pam_rootok, pam_access, pam_succeed_if
    factor,        // anything else: may be what a person proves themselves by
};
[[nodiscard]] Nature nature_of(const StackLine& line);
[[nodiscard]] bool is_second_step(const StackLine& line);

// A circumstance that is usual: where its yes leaves out the code, nearly nobody is asked.
[[nodiscard]] bool is_gate(const StackLine& line);
// Somebody who guesses is locked out by it after some time.
[[nodiscard]] bool counts_failures(const StackLine& line);

// A module that judges a password; people of several directories are each known to one of them alone.
[[nodiscard]] bool judges_passwords(const StackLine& line);
[[nodiscard]] bool is_directory(const StackLine& line);
// A proof that is strong by itself, though it is not our code: a token, a finger, a smart card.
[[nodiscard]] bool is_strong_alone(const StackLine& line);

// What the module can answer in the part its line stands in, as its manual page says; the usual answer first. Not
// empty; of pam_secondstep all it returns.
[[nodiscard]] std::vector<PamCode> answers_of(const StackLine& line);

// Whether such an answer of auth is a no (and not a yes, or silence).
[[nodiscard]] bool is_no(PamCode code);

}  // namespace secondstep::tool
