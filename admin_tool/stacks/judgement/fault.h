#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "stacks/pam_stack.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// What is wrong with one part of a stack, before a mend is looked for.
struct Fault {
    Finding finding = Finding::broken_line;
    Remark::Level level = Remark::Level::error;
    Facility part = Facility::auth;
    std::size_t line = 0;  // of the part
    std::string text;
    std::string advice = {};  // what to do where no change of the stack is the mend
};

using Faults = std::vector<Fault>;

}  // namespace secondstep::tool
