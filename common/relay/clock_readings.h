#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "relay/frame.h"

namespace secondstep::relay {

// How far the clock of a machine is ahead of this one's, by what it says. What it said was some time on its way, in a crowd for
// seconds, and makes it look behind by that: of the last few readings the one that was the least on its way counts.
class ClockReadings {
  public:
    static constexpr std::size_t remembered = 8;

    void add(WallTime said, WallTime heard);
    [[nodiscard]] std::optional<std::chrono::milliseconds> ahead() const;

  private:
    std::deque<std::chrono::milliseconds> readings_;
};

}  // namespace secondstep::relay
