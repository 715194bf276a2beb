#pragma once

#include <chrono>

#include "account/state.h"
#include "base/clock.h"

namespace secondstep {

// An answer that is judged leaves the id of its write in the state when it is accepted. Whoever cannot tell
// whether that write happened finds it there if it did, and nobody else's: the id is minted for one answer.
// Not after 30 seconds: by then whoever wrote it was told so, or has given up.
inline constexpr std::chrono::seconds own_write_is_known_for{30};

[[nodiscard]] bool is_own_write(const State& state, const AttemptId& write, UnixTime now);

// The authenticator whose code that was. Returns nullopt if it was none's.
[[nodiscard]] std::optional<AuthenticatorId> device_of_last_success(const State& state);

}  // namespace secondstep
