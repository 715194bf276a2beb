#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace secondstep::testing {

// A clock that stands still until it is told to move.
class FakeClock final : public Clock {
  public:
    explicit FakeClock(std::int64_t unix_seconds = 1'800'000'000) : seconds_(unix_seconds) {}
    [[nodiscard]] UnixTime now() const override { return from_unix(seconds_.load()); }
    void advance(std::chrono::seconds by) { seconds_ += by.count(); }
    void set(std::int64_t unix_seconds) { seconds_ = unix_seconds; }

  private:
    std::atomic<std::int64_t> seconds_;
};

}  // namespace secondstep::testing
