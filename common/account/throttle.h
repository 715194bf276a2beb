#pragma once

#include <cstdint>

#include "base/clock.h"

namespace secondstep {

// Failures in a row on one counter.
struct Failures {
    std::uint32_t count = 0;
    UnixTime last{};
    UnixTime wait_until{};  // answers before this are refused unjudged
    friend bool operator==(const Failures&, const Failures&) = default;
};

// DESIGN of the waits: five failures are free; the sixth and each later one is followed by a wait of 30 s, 1
// min, 2 min ... 60 min. 100 in a row close the counter (NIST SP 800-63B-4 section 3.2.2).
inline constexpr std::uint32_t free_failures = 5;
inline constexpr std::uint32_t closing_failures = 100;
inline constexpr std::chrono::seconds first_wait{30};
inline constexpr std::chrono::seconds longest_wait{3600};

enum class Gate { open, waiting, closed };

// May an answer be judged now? A wait that would end later than now + 60 min was written by a clock that ran
// ahead; it is read as ending in 60 min.
[[nodiscard]] Gate gate(const Failures& failures, UnixTime now);
[[nodiscard]] UnixTime end_of_wait(const Failures& failures, UnixTime now);  // clamped as above

// The counter after one more judged failure. Saturates at closing_failures.
[[nodiscard]] Failures after_failure(const Failures& failures, UnixTime now);

}  // namespace secondstep
