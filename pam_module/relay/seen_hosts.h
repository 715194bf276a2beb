#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "relay/envelope.h"

namespace secondstep::relay {

// The hosts that were connected since the relay of a node began, for whoever asks it. Of who has gone it keeps what was seen last.
class SeenHosts {
  public:
    using Time = std::chrono::steady_clock::time_point;
    // A fleet has no more; of more names those that have been gone for the longest are forgotten.
    static constexpr std::size_t most_gone = 4096;

    explicit SeenHosts(Time began) : began_(began) {}

    // A connection that has ended.
    void gone(HostSeen last, Time now);
    // `connected`: of each connection that stands; a host may have more than one.
    [[nodiscard]] HostsSeen after(const std::string& name, const std::vector<HostSeen>& connected,
                                  Time now) const;

  private:
    struct Gone {
        HostSeen last;
        Time heard;
    };
    const Time began_;
    std::map<std::string, Gone> gone_;
};

}  // namespace secondstep::relay
