#pragma once

#include <string>

#include "base/clock.h"
#include "console/json_text.h"

namespace secondstep::tool {

// What `secondstep status` says to a person of their own second step, from what the service tells about it
// (secondstep(8) lists the members; what is missing is not spoken of).
void show_own_status(const std::string& user, const Json& status, UnixTime now);

}  // namespace secondstep::tool
