#include "secondstepd/said_lately.h"

namespace secondstep::service {

bool SaidLately::may_say(const std::string& cause, Time now) {
    const std::lock_guard lock(mutex_);
    std::erase_if(until_, [now](const auto& said) { return said.second <= now; });
    if (until_.size() >= most_causes) return false;
    return until_.try_emplace(cause, now + period_).second;
}

}  // namespace secondstep::service
