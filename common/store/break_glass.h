#pragma once

#include <cstddef>

#include "account/credential.h"
#include "base/clock.h"
#include "base/randomness.h"
#include "store/account_store.h"

namespace secondstep {

inline constexpr unsigned break_glass_codes = 8;  // made at once

// What RecordName::break_glass() holds: a set of recovery codes, of this host alone, beside an authenticator that nobody
// has. It is no account's: nobody is enrolled with it, whatever they are called.
[[nodiscard]] Credential break_glass_credential(RecoverySet set, Randomness& randomness, UnixTime now);

// Unused ones; 0 also where none were ever made.
[[nodiscard]] std::size_t break_glass_codes_left(const Account& record);

}  // namespace secondstep
