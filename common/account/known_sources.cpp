#include "account/known_sources.h"

#include <algorithm>
#include <cstdint>

namespace secondstep {
namespace {

bool still_known(const KnownSource& known, UnixTime now) {
    return now <= known.last_success + known_for;
}

// State or const State.
template <typename AnyState>
auto& counter_in(AnyState& state, const Source& source, UnixTime now) {
    if (source.kind == SourceKind::own_uid) return state.own_uid;
    const auto known = std::ranges::find(state.known, source, &KnownSource::source);
    if (known != state.known.end() && still_known(*known, now)) return known->failures;
    return source.kind == SourceKind::trusted_caller ? state.trusted_callers : state.strangers;
}

// Of a new known source: one that neither another has nor a failure of the last 24 hours is counted for.
std::uint8_t free_number(const State& state) {
    std::uint8_t number = 0;
    const auto taken = [&number](const auto& entry) { return entry.number == number; };
    while (std::ranges::any_of(state.known, taken) || std::ranges::any_of(state.recent.known, taken))
        ++number;  // ends: 256 numbers, and fewer than a hundred of both
    return number;
}

}  // namespace

bool is_known(const State& state, const Source& source, UnixTime now) {
    const auto known = std::ranges::find(state.known, source, &KnownSource::source);
    return known != state.known.end() && still_known(*known, now);
}

Failures& counter_of(State& state, const Source& source, UnixTime now) {
    return counter_in(state, source, now);
}

const Failures& counter_of(const State& state, const Source& source, UnixTime now) {
    return counter_in(state, source, now);
}

void remember(State& state, const Source& source, UnixTime now) {
    if (source.kind == SourceKind::own_uid) return;
    const auto before = std::ranges::find(state.known, source, &KnownSource::source);
    const bool was_known = before != state.known.end();
    const std::uint8_t number = was_known ? before->number : free_number(state);
    std::erase_if(state.known, [&](const KnownSource& known) {
        return known.source == source || !still_known(known, now);
    });
    state.known.insert(state.known.begin(), KnownSource{source, now, {}, number});
    if (state.known.size() > max_known_sources) state.known.resize(max_known_sources);
}

}  // namespace secondstep
