#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace secondstep::service {

// What was said lately and is not said again for a while, one entry for each cause. Bounded: while it is
// full, new causes are kept to ourselves, so that who can make causes up cannot fill the log. Thread-safe.
class SaidLately {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::size_t most_causes = 64;

    explicit SaidLately(std::chrono::seconds period = std::chrono::hours{1}) : period_(period) {}

    // True: say it; from now on it counts as said.
    [[nodiscard]] bool may_say(const std::string& cause, Time now = std::chrono::steady_clock::now());

  private:
    const std::chrono::seconds period_;
    std::mutex mutex_;
    std::map<std::string, Time> until_;
};

}  // namespace secondstep::service
