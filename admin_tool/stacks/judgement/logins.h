#pragma once

#include <functional>
#include <vector>

#include "stacks/pam_walk.h"

namespace secondstep::tool {

// One login, tried on two stacks that ask the same modules: what each module answers, and what came of it.
struct TriedLogin {
    PamCode second_step = PamCode::success;
    PamCode before = PamCode::perm_denied;  // what the part returned
    PamCode after = PamCode::perm_denied;
    // Some directory, or another first factor, said yes; or no module of either stack is one.
    bool has_proof = false;
    // Some directory said yes, if there is one, and every other first factor.
    bool is_right = false;
    bool is_expired = false;            // account: the account has expired, or what is no directory said no
    bool is_an_exception = false;       // would not get in if no condition of the stack was met
    bool is_spared_the_code = false;    // in without being asked for it, by a condition
    bool was_counted = false;           // before, a line that counts failures was reached
    bool is_counted = false;            // after
    bool was_in_with_the_code = false;  // before, had the second step said yes
};

// Tries every login of people who are known to one directory alone, to all, or whose password is wrong; with every
// other first factor said yes to or no; in every circumstance that the stacks have conditions for (of very many:
// each by itself); enrolled with the right code, without the need of one, and with a wrong one.
// `part`: auth, or account, where passwords are due and accounts expire, too.
void try_logins(const Stack& before, const Stack& after, Facility part,
                const std::function<void(const TriedLogin&)>& visit);

}  // namespace secondstep::tool
