#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "stacks/pam_stack.h"

namespace secondstep::tool {

// What libpam has for a module that it cannot open, or that has no function for this part: "-auth" too, which only
// keeps it out of the log.
inline constexpr PamCode answer_of_missing = PamCode::module_unknown;

// What a program goes on after. Of the account part that is a password that is due, too: it has it changed.
[[nodiscard]] inline bool lets_in(PamCode result, Facility part) {
    return result == PamCode::success || (part == Facility::account && result == PamCode::new_authtok_reqd);
}

// One way through a stack.
struct Walk {
    PamCode result = PamCode::perm_denied;
    std::vector<std::size_t> called;  // indices of modules, in their order; of missing ones too

    [[nodiscard]] bool succeeded() const { return result == PamCode::success; }
    [[nodiscard]] bool calls(std::size_t index) const;
};

// What the program gets when the module of line i returns outcomes[i], by the rules of libpam's dispatcher (the
// same from 1.3 to 1.7) for a first call: pam_authenticate, pam_acct_mgmt. `lines` are those of one facility, as
// Stack::of() gives them. Not this: a module that returns a number that is no PamCode (libpam takes it for a failure).
[[nodiscard]] Walk walk(std::span<const StackLine> lines, std::span<const PamCode> outcomes);

// The call that came before: whether it let anybody in or not, but it did not end with PamCode::incomplete.
struct FrozenChain {
    const Walk& walk;
    std::span<const PamCode> outcomes;
};

// What pam_setcred gives after pam_authenticate, and pam_close_session after pam_open_session: the same lines, of which
// each goes the way that the module's first answer has frozen, whatever it answers now. Debian's patch ignores a module
// that jumps; elsewhere it counts as "ok", and what it answers now is a part of the result.
[[nodiscard]] Walk walk_again(std::span<const StackLine> lines, const FrozenChain& first,
                              std::span<const PamCode> outcomes, const LibpamRules& rules);

// walk() into a Walk whose memory is used again, for who asks very often.
void walk(std::span<const StackLine> lines, std::span<const PamCode> outcomes, Walk& out);

}  // namespace secondstep::tool
