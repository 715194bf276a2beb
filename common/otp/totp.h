#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"
#include "base/error.h"

namespace secondstep::otp {

// T of RFC 6238 section 4.2, with T0 = 0: how many whole periods have passed since 1970. Never negative.
using TimeStep = std::uint64_t;

// X of RFC 6238 of codes that Secondstep checks: 15 to 120 seconds, 30 by default (NIST SP 800-63B-4 allows at
// most two minutes). Errors of create: invalid.
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

// X of RFC 6238 of codes that somebody else checks, who chose it: 1 second to a day. Errors of create: invalid.
class StepLength {
  public:
    StepLength(Period period) : seconds_(period.value()) {}  // NOLINT(google-explicit-constructor)
    [[nodiscard]] static Result<StepLength> create(std::chrono::seconds length);
    [[nodiscard]] std::chrono::seconds value() const { return seconds_; }
    friend bool operator==(StepLength, StepLength) = default;

  private:
    explicit StepLength(std::chrono::seconds seconds) : seconds_(seconds) {}
    std::chrono::seconds seconds_;
};

[[nodiscard]] TimeStep time_step(UnixTime now, StepLength length);  // times before 1970: step 0
[[nodiscard]] UnixTime beginning_of(TimeStep step, StepLength length);

}  // namespace secondstep::otp
