#pragma once

#include "account/source.h"
#include "account/state.h"
#include "base/clock.h"

namespace secondstep {

// The notice in `state` (the state before this login from `source`) as it is told at this login, and stored;
// none: it was told often enough. That is when 24 hours are over and one login before this one came from a
// source that was known before the change: whoever made the change from elsewhere does not use it up. Where
// no such source is left (a first enrollment), any login will do.
[[nodiscard]] ChangeNotice told_notice(const State& state, const Source& source, UnixTime now);

}  // namespace secondstep
