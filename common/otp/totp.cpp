#include "otp/totp.h"

#include <algorithm>
#include <limits>

namespace secondstep::otp {

using std::chrono::seconds;

Result<Period> Period::create(seconds period) {
    if (period < seconds(15) || period > seconds(120)) {
        return fail(Errc::invalid, "the period of a code is 15 to 120 seconds");
    }
    return Period(period);
}

Period thirty_seconds() {
    return *Period::create(seconds(30));
}

Result<StepLength> StepLength::create(seconds length) {
    if (length < seconds(1) || length > std::chrono::hours(24))
        return fail(Errc::invalid, "the period of a portal's code is 1 second to a day");
    return StepLength(length);
}

TimeStep time_step(UnixTime now, StepLength step_length) {
    const std::int64_t since_1970 = std::max<std::int64_t>(to_unix(now), 0);
    return static_cast<TimeStep>(since_1970 / step_length.value().count());
}

UnixTime beginning_of(TimeStep step, StepLength step_length) {
    const std::int64_t length = step_length.value().count();
    const auto last_step = static_cast<TimeStep>(std::numeric_limits<std::int64_t>::max() / length);
    return from_unix(static_cast<std::int64_t>(std::min(step, last_step)) * length);
}

}  // namespace secondstep::otp
