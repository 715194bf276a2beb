#pragma once

#include <optional>

#include "account/source.h"
#include "account/state.h"
#include "account/throttle.h"
#include "base/clock.h"

// May digits that come from `source` be judged now? Both counters have a say: failures in a row (throttle.h),
// and those of the last 24 hours (recent_failures.h).
namespace secondstep {

[[nodiscard]] Gate code_gate(const State& state, const Source& source, UnixTime now);

// The end of the wait, of whichever counter ends later. Returns nullopt if codes are judged now, or not
// before somebody opens the counter (Gate::closed).
[[nodiscard]] std::optional<UnixTime> throttled_until(const State& state, const Source& source, UnixTime now);

}  // namespace secondstep
