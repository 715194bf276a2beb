#include "fleet/attempt_limit.h"

#include <algorithm>

namespace secondstep::fleet {

bool AttemptLimit::is_reached(const std::string& who, UnixTime now) {
    const auto found = attempts_.find(who);
    if (found == attempts_.end()) return false;
    std::deque<UnixTime>& times = found->second;
    // One from the future (the clock was set back) counts no longer than the others.
    std::erase_if(times, [&](UnixTime time) { return time + limit_.within <= now || time > now; });
    if (times.empty()) {
        attempts_.erase(found);
        return false;
    }
    return times.size() >= limit_.count;
}

void AttemptLimit::count(const std::string& who, UnixTime now) {
    if (attempts_.size() >= most && !attempts_.contains(who)) forget_one();
    std::deque<UnixTime>& times = attempts_[who];
    times.push_back(now);
    if (times.size() > limit_.count) times.pop_front();
}

void AttemptLimit::forget_one() {
    attempts_.erase(
        std::ranges::min_element(attempts_, {}, [](const auto& one) { return one.second.back(); }));
}

}  // namespace secondstep::fleet
