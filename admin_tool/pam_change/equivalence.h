#pragma once

#include <optional>
#include <string>

#include "stacks/pam_stack.h"

namespace secondstep::tool {

// How far a stack with the second step has to be the same as the one without it.
enum class Likeness {
    // Who needs none, and who gives the right code, gets in exactly when they did; whoever was asked and did not give
    // it does not.
    with_the_code_added,
    // Who got in, asked for a code or not, still does, and nobody whom the stack refused before any code.
    with_the_code_taken_away,
};

// Compares one part of two stacks by walking both with everything their modules can answer, and names the modules
// at whose answers they differ. nullopt: they do not. More modules than can be tried is a difference, too.
[[nodiscard]] std::optional<std::string> difference(const Stack& without, const Stack& with, Facility part,
                                                    Likeness likeness);

// Somebody gets in though every module that can say no says it.
[[nodiscard]] bool lets_everybody_in(const Stack& stack);

}  // namespace secondstep::tool
