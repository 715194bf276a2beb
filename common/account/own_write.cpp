#include "account/own_write.h"

#include <algorithm>

namespace secondstep {

// The clocks of two hosts may differ in either direction.
bool is_own_write(const State& state, const AttemptId& write, UnixTime now) {
    const bool lately = state.last_success <= now + own_write_is_known_for &&
                        now <= state.last_success + own_write_is_known_for;
    return lately && state.last_accepted == write;
}

std::optional<AuthenticatorId> device_of_last_success(const State& state) {
    if (state.last_factor != Factor::authenticator) return std::nullopt;
    const auto use = std::ranges::find(state.uses, state.last_success, &AuthenticatorUse::last_success);
    return use == state.uses.end() ? std::nullopt : std::optional(use->id);
}

}  // namespace secondstep
