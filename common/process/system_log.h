#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>

#include "process/log_channel.h"

namespace secondstep::process {

// The log, for a program of one thread that must not wait for it: a line that is not taken at once, or within
// `patience`, is left out, and the next that is taken comes behind one that says how many were.
class SystemLog {
  public:
    explicit SystemLog(LogChannel channel, std::chrono::milliseconds patience = std::chrono::milliseconds{0})
        : channel_(std::move(channel)), patience_(patience) {}

    void write(LogChannel::Level level, std::string_view line);

  private:
    [[nodiscard]] bool say_how_many();
    [[nodiscard]] bool send(LogChannel::Level level, std::string_view line);

    LogChannel channel_;
    std::chrono::milliseconds patience_;
    std::size_t left_out_ = 0;
};

}  // namespace secondstep::process
