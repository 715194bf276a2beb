#include "dialogue/relayed/own_relay.h"

namespace secondstep::dialogue {

// Whatever it says: it is there.
Result<void> OwnRelay::ask(Time until) const {
    const auto line = open_line_(until);
    if (!line) return std::unexpected(line.error());
    if (auto sent = (*line)->send(relay::NodesAsked{}, until); !sent) return sent;
    const auto answer = (*line)->receive(until);
    if (!answer) return std::unexpected(answer.error());
    return {};
}

bool OwnRelay::is_away(Time until) {
    const Result<void> asked = ask(until);
    const bool away = !asked && (asked.error().code == Errc::unreachable ||
                                 asked.error().code == Errc::timed_out || asked.error().code == Errc::closed);
    away_ = away;
    return away;
}

}  // namespace secondstep::dialogue
