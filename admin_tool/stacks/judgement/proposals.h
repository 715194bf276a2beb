#pragma once

#include "stacks/judgement/fault.h"
#include "stacks/judgement/proposal.h"

namespace secondstep::tool {

// Changes that may be the mend of a fault, the likeliest first. Whether one of them is, Trial says.
struct ProposalSets {
    Proposals own;            // of one line in the service's own file
    Proposals together;       // those of `own` that make sense beside another
    Proposals included_code;  // of pam_secondstep's line in a file that others may include too
    Proposals beside_code;    // of another line of the file that has pam_secondstep's
    Proposals parts;          // whole auth parts
    Proposals included;       // of a line of any other file
};
[[nodiscard]] ProposalSets proposals_for(const Stack& stack, const Fault& fault);

}  // namespace secondstep::tool
