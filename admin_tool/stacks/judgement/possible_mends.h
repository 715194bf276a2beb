#pragma once

#include "stacks/judgement/fault.h"
#include "stacks/judgement/possible_mend.h"

namespace secondstep::tool {

// Changes that may be the mend of a fault, the likeliest first. Whether one of them is, Trial says.
struct PossibleMendSets {
    PossibleMends own;            // of one line in the service's own file
    PossibleMends together;       // those of `own` that make sense beside another
    PossibleMends included_code;  // of pam_secondstep's line in a file that others may include too
    PossibleMends beside_code;    // of another line of the file that has pam_secondstep's
    PossibleMends parts;          // whole auth parts
    PossibleMends included;       // of a line of any other file
};
[[nodiscard]] PossibleMendSets possible_mends_for(const Stack& stack, const Fault& fault);

}  // namespace secondstep::tool
