#pragma once

#include <chrono>

namespace secondstep::wire {

// A moment until which one thing may be waited for, however often a signal interrupts the wait.
class Deadline {
  public:
    explicit Deadline(std::chrono::milliseconds from_now)
        : end_(std::chrono::steady_clock::now() + from_now) {}

    [[nodiscard]] std::chrono::milliseconds remaining() const noexcept;  // never negative

    // Until poll(2) reports one of `events`, or an error or a hang-up, which the next call on `fd` will name.
    // False: the time is over (or poll itself failed, which is no reason to go on).
    [[nodiscard]] bool await(int fd, short events) const noexcept;

  private:
    std::chrono::steady_clock::time_point end_;
};

}  // namespace secondstep::wire
