#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "dialogue/conversation/journal.h"

namespace secondstep::service {

// A warning that somebody outside can cause at will: written at most once in `period`, with the number of
// times it was left out in between, so that nobody fills the log. Thread-safe.
class SparingWarning {
  public:
    using Time = std::chrono::steady_clock::time_point;
    explicit SparingWarning(dialogue::Journal& journal,
                            std::chrono::seconds period = std::chrono::seconds{10})
        : journal_(journal), period_(period) {}

    void warn(const std::string& sentence, Time now = std::chrono::steady_clock::now());

  private:
    dialogue::Journal& journal_;
    const std::chrono::seconds period_;
    std::mutex mutex_;
    bool written_ = false;
    Time last_{};
    std::size_t left_out_ = 0;
};

}  // namespace secondstep::service
