#include "secondstepd/lookups.h"

#include <utility>

namespace secondstep::service {

std::optional<Lookups::Turn> Lookups::begin(Limits::Holder whose) {
    return running_.admit(whose.uid, whose.rank);
}

bool Lookups::wait(Limits::Holder whose, Later later) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= longest_queue) return false;
    waiting_.push_back({whose, std::move(later)});
    length_ = waiting_.size();
    return true;
}

// The first whose turn it is: one who has all that is theirs holds up nobody behind them.
std::optional<Lookups::Next> Lookups::next() {
    const std::lock_guard lock(mutex_);
    for (auto first = waiting_.begin(); first != waiting_.end(); ++first) {
        std::optional<Turn> turn = begin(first->whose);
        if (!turn) continue;
        std::optional<Next> found(Next{std::move(first->later), std::move(*turn)});
        waiting_.erase(first);
        length_ = waiting_.size();
        return found;
    }
    return std::nullopt;
}

void Lookups::run_waiting() {
    if (length_ == 0) return;
    while (std::optional<Next> first = next())
        first->later(std::move(first->turn));
}

}  // namespace secondstep::service
