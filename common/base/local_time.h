#pragma once

#include <string>

#include "base/clock.h"

// Moments as this host's clock on the wall shows them.
namespace secondstep {

[[nodiscard]] std::string local_minute(UnixTime time);  // "2026-03-22 02:41"
[[nodiscard]] std::string local_clock(UnixTime time);   // "03:42"
[[nodiscard]] std::string local_day(UnixTime time);     // "31 March"
// For programs, in UTC as RFC 3339 has it: "2026-03-22T01:41:07Z".
[[nodiscard]] std::string utc_second(UnixTime time);

}  // namespace secondstep
