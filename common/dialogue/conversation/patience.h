#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "dialogue/conversation/step.h"

namespace secondstep::dialogue {

// How long something is waited for. Counted, not measured: a test sees the same waits in every run.
class Patience {
  public:
    explicit Patience(std::chrono::milliseconds limit = std::chrono::seconds{3}) : left_(limit) {}

    // Returns nullopt if it is used up.
    [[nodiscard]] std::optional<Wait> wait(std::chrono::milliseconds time) {
        if (time > left_) return std::nullopt;
        left_ -= time;
        return Wait{time};
    }

    // For a lock that somebody else has for a moment: 5, 10, 15, 20, 20 ... ms.
    [[nodiscard]] std::optional<Wait> wait_for_lock() {
        attempts_ = std::min(attempts_ + 1, 4U);
        return wait(std::chrono::milliseconds{5} * attempts_);
    }

    [[nodiscard]] std::chrono::milliseconds left() const { return left_; }

  private:
    std::chrono::milliseconds left_;
    unsigned attempts_ = 0;
};

}  // namespace secondstep::dialogue
