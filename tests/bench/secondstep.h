#pragma once

#include "contender.h"

namespace secondstep::bench {

// Through the stack LAB/pam.d/NAME to the service of that name.
[[nodiscard]] Contender secondstep_at(const Lab& lab, const std::string& name);
// Nobody listens: the module starts `secondstepd --once` for each login, for the people of the service "people".
[[nodiscard]] Contender secondstep_once(const Lab& lab);

}  // namespace secondstep::bench
