#pragma once

#include <sys/types.h>

#include <string>

#include "lab.h"

namespace secondstep::bench {

// A secondstepd of the lab.
class Service {
  public:
    Service(const Lab& lab, const std::string& name);

    [[nodiscard]] pid_t process() const { return process_; }
    // Lets it read its configuration again, after which no name is remembered that was looked up before. Everybody who
    // logs in is somebody else than a moment ago, which 300 people cannot be otherwise.
    void forget_names() const;
    // A number of /proc/PID/smaps_rollup, in KiB: "Rss", "Pss_Anon".
    [[nodiscard]] double memory_kib(const std::string& field) const;

  private:
    pid_t process_ = 0;
};

}  // namespace secondstep::bench
