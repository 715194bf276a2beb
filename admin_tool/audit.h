#pragma once

#include <string_view>

namespace secondstep::tool {

// One line to syslog (authpriv) for a change that was made: verb, account, the caller's login uid (which
// survives su and sudo) and uid. `details` are further "key=value" fields; never a code or a key.
void audit(std::string_view verb, std::string_view account, std::string_view details = "");

}  // namespace secondstep::tool
