#pragma once

#include "exit_status.h"
#include "own_account.h"

namespace secondstep::tool {

// `enroll` of somebody for himself. Where the rules ask for no registration code, somebody who has no second
// step yet is asked for the password of his account first.
[[nodiscard]] Exit enroll_own(const Call& call);

}  // namespace secondstep::tool
