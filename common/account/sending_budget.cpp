#include "account/sending_budget.h"

#include <algorithm>

namespace secondstep {
namespace {

bool is_within(UnixTime time, std::chrono::seconds stretch, UnixTime now) {
    return (time > now ? time - now : now - time) < stretch;
}

// State or const State.
template <typename AnyState>
auto& sends_of(AnyState& state, SendAsker asker) {
    return asker == SendAsker::portal ? state.portal_sends : state.sends;
}

}  // namespace

bool may_send(const State& state, SendAsker asker, std::span<const RateLimit> limits, UnixTime now) {
    return std::ranges::all_of(limits, [&](const RateLimit& limit) {
        const auto sent = std::ranges::count_if(
            sends_of(state, asker), [&](UnixTime time) { return is_within(time, limit.within, now); });
        return static_cast<std::size_t>(sent) < limit.count;
    });
}

void record_send(State& state, SendAsker asker, UnixTime now) {
    std::vector<UnixTime>& sends = sends_of(state, asker);
    if (sends.size() == max_remembered_sends) sends.pop_back();
    sends.insert(sends.begin(), now);
}

void take_back_send(State& state, SendAsker asker, UnixTime when) {
    std::vector<UnixTime>& sends = sends_of(state, asker);
    const auto found = std::ranges::find(sends, when);
    if (found != sends.end()) sends.erase(found);
}

}  // namespace secondstep
