#pragma once

#include <thread>

#include "base/file.h"
#include "samples.h"

namespace secondstep::bench {

// A connection of TCP on loopback to a thread that sends back what it is sent: the floor for anything that asks another
// machine, where that machine is this one.
class Echo {
  public:
    Echo();
    Echo(const Echo&) = delete;
    Echo& operator=(const Echo&) = delete;
    ~Echo();

    [[nodiscard]] Nanoseconds round_trip() const;

  private:
    UniqueFd ours_;
    std::thread other_;
};

}  // namespace secondstep::bench
