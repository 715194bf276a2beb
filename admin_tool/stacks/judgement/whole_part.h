#pragma once

#include "stacks/judgement/possible_mend.h"

namespace secondstep::tool {

// A whole auth part for a file, the service's own or one that it includes, in place of its auth lines and of what they
// include: the same modules with the same arguments, in an order and with controls in which each first factor that lets
// somebody in leads to the code, and every no ends there. Several ways of reading what is meant, the strictest first;
// nothing where what is included brings other parts as well.
[[nodiscard]] PossibleMends whole_parts(const Stack& stack, const std::string& file);

}  // namespace secondstep::tool
