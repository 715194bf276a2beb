#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>

#include "base/error.h"

namespace secondstep::page {

struct Limits {
    std::string account;        // whose ids root takes; others keep their own
    std::size_t most_memory;    // RLIMIT_AS, bytes; 0: as it is (a sanitizer maps terabytes)
    std::chrono::seconds life;  // after which the process ends by SIGALRM, whatever it is doing
};

// Closes everything but these, which become number 3, 4 ...; 0 to 2 lead to /dev/null. Of one that is
// negative the number stays closed. Errors: io.
[[nodiscard]] Result<void> keep_only(std::span<const int> descriptors);
inline constexpr int kept_descriptor = 3;

// For a process that was just forked and will talk to strangers: a session of its own, default signals, an
// end; as root the ids of the account, for good: that there is no way back and no capability left is tried
// out; no files to write, no further processes or programs, no core file, nobody who looks inside. Errors:
// not_found (no such account), io, untrusted (something was left).
[[nodiscard]] Result<void> confine(const Limits& limits);

}  // namespace secondstep::page
