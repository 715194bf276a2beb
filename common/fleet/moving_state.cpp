#include "fleet/moving_state.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "account/one_time_grant.h"
#include "account/source.h"
#include "otp/totp.h"

namespace secondstep::fleet {
namespace {

// So far ahead of the node the clock of a host may have been; its codes go by the same window.
constexpr std::chrono::minutes wrong_clock{2};

void end_codes(State& state) {
    state.registration = {};
    state.temporary = {};
    state.sent = {};
}

// As it is called on the host. Nothing: none of those that its own store has.
Result<std::optional<Source>> named_again(const Source& seen, const std::vector<Source>& known,
                                          const HostTag& host) {
    for (const Source& one : known) {
        const auto there = seen_from(one, host);
        if (!there) return std::unexpected(there.error());
        if (*there == seen) return std::optional(one);
    }
    return std::optional<Source>{};
}

std::vector<Source> places_in(const State& state) {
    std::vector<Source> places;
    for (const KnownSource& known : state.known)
        places.push_back(known.source);
    if (state.restore.code != 0) places.push_back(state.restore.source);
    return places;
}

}  // namespace

Result<State> into_the_fleet(State state, const HostTag& host) {
    end_codes(state);
    for (KnownSource& known : state.known) {
        const auto seen = seen_from(known.source, host);
        if (!seen) return std::unexpected(seen.error());
        known.source = *seen;
        known.host = host;
    }
    for (RememberedClient& client : state.clients)
        client.host = host;
    if (state.restore.code != 0) {
        const auto seen = seen_from(state.restore.source, host);
        if (!seen) return std::unexpected(seen.error());
        state.restore.source = *seen;
    }
    return state;
}

State out_of_the_fleet(State state, const HostTag& host) {
    end_codes(state);
    std::erase_if(state.known, [&](const KnownSource& known) { return known.host != host; });
    std::erase_if(state.clients, [&](const RememberedClient& client) { return client.host != host; });
    return state;
}

Result<State> at_home(State state, const State& kept, const HostTag& host) {
    end_codes(state);
    const std::vector<Source> places = places_in(kept);
    std::vector<KnownSource> known;
    for (KnownSource& one : state.known) {
        const auto place = named_again(one.source, places, host);
        if (!place) return std::unexpected(place.error());
        if (!*place) continue;
        one.source = **place;
        one.host = {};
        known.push_back(one);
    }
    state.known = std::move(known);
    for (RememberedClient& client : state.clients)
        client.host = {};
    if (state.restore.code == 0) return state;
    const auto place = named_again(state.restore.source, places, host);
    if (!place) return std::unexpected(place.error());
    if (!*place)
        state.restore = {};
    else
        state.restore.source = **place;
    return state;
}

// A state that was damaged once, or copied, accepts nothing within the window (after_damage()): that is no lie.
bool claims_the_future(const State& arriving, const Credential& here, unsigned window, UnixTime now) {
    const UnixTime latest = now + wrong_clock;
    if (arriving.last_success > latest) return true;
    if (here.method != Method::totp) return false;
    return std::ranges::any_of(here.authenticators, [&](const Authenticator& device) {
        const AuthenticatorUse* const use = find_use(arriving, device.id);
        if (use == nullptr) return false;
        return use->last_success > latest ||
               (use->used && use->last > otp::time_step(latest, device.period) + window);
    });
}

bool has_codes_that_end(const State& state, UnixTime now) {
    const bool is_sent = state.sent.given && !state.sent.used && now <= state.sent.until;
    return is_waiting(state.registration, now) || is_waiting(state.temporary, now) || is_sent;
}

}  // namespace secondstep::fleet
