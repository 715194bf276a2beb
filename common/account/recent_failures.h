#pragma once

#include <optional>

#include "account/source.h"
#include "account/state.h"
#include "base/clock.h"

// The second counter: how many guesses of 24 hours were judged, whatever was right in between. The waits of
// throttle.h begin anew with each success of the owner; whoever shares a source with them, and stays below
// the waits between two of their logins, would have 7,200 guesses a month. With this nobody has more than
// 1,900: strangers together 10 a day, programs with the account's own uid 10, trusted callers 10, each known
// source 30 and all known sources together 60. Only guesses at digits are counted and held back: recovery
// codes of 80 bits, temporary and registration codes are the way out.
namespace secondstep {

inline constexpr std::chrono::seconds recent_for = std::chrono::hours{24};
inline constexpr std::size_t max_recent_of_one_source = 30;

// Exactly rolling: a failure counts until 24 hours after it. One that a clock ahead of its time wrote is
// stored as one of now, so that it ends 24 hours after it was first seen.
void forget_old_failures(RecentFailures& recent, UnixTime now);

// One more, on the list that applies to `source`.
void record_recent_failure(State& state, const Source& source, UnixTime now);

// Until when nothing is judged that comes from there. Returns nullopt if it is judged now.
[[nodiscard]] std::optional<UnixTime> too_many_until(const State& state, const Source& source, UnixTime now);
// The same for the shares that are not one source's.
enum class Share { strangers, own_uid, portal };
[[nodiscard]] std::optional<UnixTime> too_many_until(const State& state, Share share, UnixTime now);

}  // namespace secondstep
