#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace secondstep::tool {

// Remembers who started the tool, before it takes other ids. Called once by main.
void remember_caller();

// One line to syslog (authpriv) for a change that was made: verb, account, the caller's login uid (which
// survives su and sudo) and uid. `details` are further "key=value" fields; never a code or a key.
void audit(std::string_view verb, std::string_view account, std::string_view details = "");

}  // namespace secondstep::tool
