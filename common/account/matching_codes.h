#pragma once

#include <cstdint>

#include "account/credential.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"

namespace secondstep {

// Which codes of the set have this digest, as the bits of RecoveryUse::used; 0: none, and none of a set of
// another form. All are compared in constant time, also after a match.
[[nodiscard]] std::uint32_t matching_codes(const RecoverySet& set, otp::RecoveryCodeForm form,
                                           const Digest& digest);

// Which scratch codes of the account `digits` are, likewise. Two HMACs for whatever was typed, also when the
// account's recovery codes are of another form: that somebody has scratch codes does not show in the work.
// Errors: crypto.
[[nodiscard]] Result<std::uint32_t> matching_scratch_codes(const Credential& credential,
                                                           const Secret& digits);

// Are there scratch codes to be guessed?
[[nodiscard]] bool has_scratch_codes(const Credential& credential);

}  // namespace secondstep
