#pragma once

#include <chrono>
#include <mutex>
#include <span>
#include <vector>

#include "account/sending_budget.h"
#include "base/rate_limit.h"

namespace secondstep::dialogue {

// How many messages all accounts of this machine together may cause, whoever asks: the bill of an SMS gateway
// is the site's. In memory; thread-safe.
class HostBudget {
  public:
    using Time = std::chrono::steady_clock::time_point;
    // One more message, which is counted; false: over one of the limits, and not counted. Trusted callers
    // together have half of each limit: the other half is never theirs.
    [[nodiscard]] bool admit(SendAsker asker, std::span<const RateLimit> limits, Time now);

  private:
    std::mutex mutex_;
    struct Sent {
        Time when;
        SendAsker asker;
    };
    std::vector<Sent> sent_;  // within the longest limit, oldest first
};

}  // namespace secondstep::dialogue
