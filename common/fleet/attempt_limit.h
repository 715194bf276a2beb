#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/rate_limit.h"

namespace secondstep::fleet {

// So many in any stretch of time, for each of those who try; in memory. Of more than `most` who try at once the one that
// has been quiet longest is forgotten. Not thread-safe.
class AttemptLimit {
  public:
    static constexpr std::size_t most = 1024;
    explicit AttemptLimit(RateLimit limit) : limit_(limit) {}

    [[nodiscard]] bool is_reached(const std::string& who, UnixTime now);
    void count(const std::string& who, UnixTime now);

  private:
    void forget_one();
    RateLimit limit_;
    std::map<std::string, std::deque<UnixTime>> attempts_;  // newest last, never empty
};

}  // namespace secondstep::fleet
