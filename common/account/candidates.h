#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "account/credential.h"
#include "account/state.h"
#include "account/verify.h"

namespace secondstep {

// One step or counter whose code an answer may be, and what it means if it is.
struct Candidate {
    enum class Meaning {
        fresh,   // accepted
        spent,   // not above the last one accepted, or the floor
        beyond,  // HOTP, past the look-ahead: the first half of a resynchronisation
    };
    const Authenticator* authenticator;
    std::uint64_t factor;  // step or counter
    Meaning meaning;
    bool matched = false;
};

// Nothing at or below this is accepted any more: the floor, or the last one that was. Nothing: even 0 is acceptable.
[[nodiscard]] std::optional<std::uint64_t> bar_of(const Authenticator& authenticator,
                                                  const AuthenticatorUse& use);

// All candidates of the account, each already compared with `answer`. The work depends on the method and the
// number of authenticators only, never on the answer. An authenticator that damage has closed has none.
// Errors: crypto.
[[nodiscard]] Result<std::vector<Candidate>> compared_candidates(const Credential& credential,
                                                                 const State& state, const Secret& answer,
                                                                 const VerifyLimits& limits, UnixTime now);

}  // namespace secondstep
