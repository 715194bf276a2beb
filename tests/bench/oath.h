#pragma once

#include "contender.h"

namespace secondstep::bench {

// usersfile=LAB/oath.users window=3: one file with everybody, which each login writes anew.
[[nodiscard]] Contender oath(const Lab& lab);

}  // namespace secondstep::bench
