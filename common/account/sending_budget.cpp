#include "account/sending_budget.h"

#include <algorithm>

namespace secondstep {
namespace {

bool is_within(UnixTime time, std::chrono::seconds stretch, UnixTime now) {
    return (time > now ? time - now : now - time) < stretch;
}

}  // namespace

bool may_send(const State& state, std::span<const RateLimit> limits, UnixTime now) {
    return std::ranges::all_of(limits, [&](const RateLimit& limit) {
        const auto sent = std::ranges::count_if(
            state.sends, [&](UnixTime time) { return is_within(time, limit.within, now); });
        return static_cast<std::size_t>(sent) < limit.count;
    });
}

void record_send(State& state, UnixTime now) {
    if (state.sends.size() == max_remembered_sends) state.sends.pop_back();
    state.sends.insert(state.sends.begin(), now);
}

void take_back_send(State& state, UnixTime when) {
    const auto found = std::ranges::find(state.sends, when);
    if (found != state.sends.end()) state.sends.erase(found);
}

}  // namespace secondstep
