#include "account/known_sources.h"

#include <algorithm>

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
    return source.kind == SourceKind::portal ? state.portal : state.strangers;
}

}  // namespace

Failures& counter_of(State& state, const Source& source, UnixTime now) {
    return counter_in(state, source, now);
}

const Failures& counter_of(const State& state, const Source& source, UnixTime now) {
    return counter_in(state, source, now);
}

void remember(State& state, const Source& source, UnixTime now) {
    if (source.kind == SourceKind::own_uid) return;
    std::erase_if(state.known, [&](const KnownSource& known) {
        return known.source == source || !still_known(known, now);
    });
    state.known.insert(state.known.begin(), KnownSource{source, now, {}});
    if (state.known.size() > max_known_sources) state.known.resize(max_known_sources);
}

}  // namespace secondstep
