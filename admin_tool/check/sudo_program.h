#pragma once

#include <string>

#include "stacks/programs/sudo_findings.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// Where sudo and its files are.
struct SudoHere {
    std::string program = "/usr/bin/sudo";
    std::string sudoers = "/etc/sudoers";
};

// Of whom sudo asks: by sudo itself, which root can ask, and by the lines of its files. `unread` gets a remark for
// what cannot be looked at; nobody is waited for without an end.
[[nodiscard]] SudoAsking sudo_asking(const SudoHere& sudo, Remarks& unread);

}  // namespace secondstep::tool
