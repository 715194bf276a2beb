#pragma once

#include <string>
#include <vector>

#include "stacks/remark.h"

namespace secondstep::tool {

// "/etc/pam.d/sshd:4"; without a line the file alone. Printable, as all here.
[[nodiscard]] std::string place_of(const Remark& remark);

// What is printed below what a remark says: "    now   ...", "    mend  ...". A mend of several lines, as a whole part
// of a stack is, has one line for each.
[[nodiscard]] std::vector<std::string> lines_below(const Remark& remark);

}  // namespace secondstep::tool
