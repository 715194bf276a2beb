#pragma once

#include <string>
#include <string_view>

namespace secondstep::tool {

// One line to syslog (authpriv) for a change that was made, or a code or key that was given out: verb,
// account, and who did it: by (a name: see caller_name), the login uid, which survives su and sudo,
// the uid, and what sudo or pkexec say of who called them. `details` are further "key=value" fields;
// never a code or a key.
void audit(std::string_view verb, std::string_view account, std::string_view details = "");

// A value from outside for `details`, in quotation marks: it cannot end its field, or begin another.
[[nodiscard]] std::string field(std::string_view value);

}  // namespace secondstep::tool
