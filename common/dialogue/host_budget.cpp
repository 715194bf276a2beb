#include "dialogue/host_budget.h"

#include <algorithm>

namespace secondstep::dialogue {

bool HostBudget::admit(std::span<const RateLimit> limits, Time now) {
    const std::lock_guard lock(mutex_);
    std::chrono::seconds longest{0};
    for (const RateLimit& limit : limits) {
        longest = std::max(longest, limit.within);
        const auto first = std::ranges::upper_bound(sent_, now - limit.within);
        if (sent_.end() - first >= static_cast<std::ptrdiff_t>(limit.count)) return false;
    }
    sent_.erase(sent_.begin(), std::ranges::upper_bound(sent_, now - longest));
    sent_.push_back(now);
    return true;
}

}  // namespace secondstep::dialogue
