#include "dialogue/memory/host_budget.h"

#include <algorithm>

namespace secondstep::dialogue {
namespace {

std::size_t half_of(std::size_t count) {
    return (count + 1) / 2;
}

}  // namespace

bool HostBudget::admit(SendAsker asker, std::span<const RateLimit> limits, Time now) {
    const std::lock_guard lock(mutex_);
    std::chrono::seconds longest{0};
    for (const RateLimit& limit : limits) {
        longest = std::max(longest, limit.within);
        const auto within = [&](const Sent& sent) { return sent.when > now - limit.within; };
        const auto by_portal = [&](const Sent& sent) {
            return within(sent) && sent.asker == SendAsker::portal;
        };
        const auto all = static_cast<std::size_t>(std::ranges::count_if(sent_, within));
        const auto of_portals = static_cast<std::size_t>(std::ranges::count_if(sent_, by_portal));
        if (all >= limit.count) return false;
        if (asker == SendAsker::portal && of_portals >= half_of(limit.count)) return false;
    }
    std::erase_if(sent_, [&](const Sent& sent) { return sent.when <= now - longest; });
    sent_.push_back({now, asker});
    return true;
}

}  // namespace secondstep::dialogue
