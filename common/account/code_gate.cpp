#include "account/code_gate.h"

#include <algorithm>

#include "account/known_sources.h"
#include "account/recent_failures.h"

namespace secondstep {

Gate code_gate(const State& state, const Source& source, UnixTime now) {
    const Gate in_a_row = gate(counter_of(state, source, now), now);
    if (in_a_row != Gate::open) return in_a_row;
    return too_many_until(state, source, now) ? Gate::waiting : Gate::open;
}

std::optional<UnixTime> throttled_until(const State& state, const Source& source, UnixTime now) {
    const Failures& in_a_row = counter_of(state, source, now);
    std::optional<UnixTime> until = too_many_until(state, source, now);
    switch (gate(in_a_row, now)) {
        case Gate::closed:
            return std::nullopt;
        case Gate::waiting:
            until = std::max(until, std::optional(end_of_wait(in_a_row, now)));
            break;
        case Gate::open:
            break;
    }
    return until;
}

}  // namespace secondstep
