#include "secondstepd/lookups.h"

#include <algorithm>
#include <utility>

namespace secondstep::service {

void Lookups::have_threads(std::size_t threads) {
    running_.lower_total(std::max<std::size_t>(std::min(most, threads > 0 ? threads - 1 : 0), 1));
}

std::optional<Lookups::Turn> Lookups::begin(Limits::Holder whose) {
    return running_.admit(whose.uid, whose.rank);
}

bool Lookups::wait(Limits::Holder whose, const std::shared_ptr<const void>& who, Later later) {
    const std::lock_guard lock(mutex_);
    // While all hang, whoever waits goes after two seconds: nobody else must find the queue full of those.
    if (waiting_.size() >= longest_queue)
        std::erase_if(waiting_, [](const Waiting& one) { return one.who.expired(); });
    if (waiting_.size() >= longest_queue) return false;
    waiting_.push_back({whose, who, std::move(later)});
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
