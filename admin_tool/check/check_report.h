#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "stacks/remark.h"

namespace secondstep::tool {

// What was looked at, and what there is to say about it.
struct CheckReport {
    Remarks remarks;  // each once, however many stacks include the file
    std::vector<std::string>
        services;                 // whose stacks have the module, each once, in the order of their names
    bool sshd = false;            // the settings of some sshd were looked at
    bool match_blocks = false;    // and have Match blocks
    bool sshd_was_asked = false;  // sshd itself, not its file alone
    // Whom a Match block of sshd lets in without a code, and was written to.
    std::vector<std::string> without_code;

    void add(Remarks more);
    [[nodiscard]] std::size_t count(Remark::Level level) const;
    [[nodiscard]] bool is_content() const { return count(Remark::Level::error) == 0; }
};

}  // namespace secondstep::tool
