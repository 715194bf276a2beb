#pragma once

#include "account/source.h"
#include "account/state.h"
#include "base/clock.h"

namespace secondstep {

// How long a source stays known after its last success.
inline constexpr std::chrono::seconds known_for = std::chrono::days{30};

// The counter that applies to `source`: its own while it is known, else the one of its kind.
[[nodiscard]] Failures& counter_of(State& state, const Source& source, UnixTime now);
[[nodiscard]] const Failures& counter_of(const State& state, const Source& source, UnixTime now);

// It has a counter of its own.
[[nodiscard]] bool is_known(const State& state, const Source& source, UnixTime now);

// Moves `source` to the front of the known ones, with a clean counter; the 32 newest stay, and none that is
// older than 30 days. A program with the account's own uid is never remembered: anything that runs as that
// user could make itself known.
void remember(State& state, const Source& source, UnixTime now);

}  // namespace secondstep
