#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "stacks/pam_stack.h"

namespace secondstep::tool {

// One way through a stack.
struct Walk {
    PamCode result = PamCode::perm_denied;
    std::vector<std::size_t> called;  // indices of modules, in their order

    [[nodiscard]] bool succeeded() const { return result == PamCode::success; }
    [[nodiscard]] bool calls(std::size_t index) const;
};

// What the program gets when the module of line i returns outcomes[i], by the rules of libpam's dispatcher
// (pam_dispatch.c of Linux-PAM 1.5) for a first call: pam_authenticate, pam_acct_mgmt. `lines` are those of
// one facility.
[[nodiscard]] Walk walk(std::span<const StackLine> lines, std::span<const PamCode> outcomes);

}  // namespace secondstep::tool
