#pragma once

#include <cstdint>

#include "account/credential.h"
#include "account/state.h"
#include "base/randomness.h"

namespace secondstep {

inline constexpr std::size_t decoy_count = 256;

// One whose key nobody has ever known.
[[nodiscard]] Authenticator decoy_authenticator(Randomness& randomness, UnixTime now);

// What stands in for an unknown name: a default enrollment (one TOTP authenticator, ten recovery codes) whose
// key and digests nobody has ever known. Its size and the work of judging it are those of a real one.
[[nodiscard]] Credential decoy_credential(std::uint8_t number, Randomness& randomness, UnixTime now);
[[nodiscard]] State decoy_state(const Credential& credential);

}  // namespace secondstep
