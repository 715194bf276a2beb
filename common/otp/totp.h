#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"
#include "base/error.h"

namespace secondstep::otp {

// T of RFC 6238 section 4.2, with T0 = 0: how many whole periods have passed since 1970. Never negative.
using TimeStep = std::uint64_t;

// X of RFC 6238: 15 to 120 seconds, 30 by default (NIST SP 800-63B-4 allows at most two minutes).
// Errors of create: invalid.
class Period {
  public:
    [[nodiscard]] static Result<Period> create(std::chrono::seconds period);
    [[nodiscard]] std::chrono::seconds value() const { return period_; }
    friend bool operator==(Period, Period) = default;

  private:
    explicit Period(std::chrono::seconds period) : period_(period) {}
    std::chrono::seconds period_;
};

[[nodiscard]] Period thirty_seconds();

[[nodiscard]] TimeStep time_step(UnixTime now, Period period);  // times before 1970: step 0
[[nodiscard]] UnixTime beginning_of(TimeStep step, Period period);

}  // namespace secondstep::otp
