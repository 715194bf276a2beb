#pragma once

#include "account/credential.h"
#include "account/state.h"
#include "base/error.h"

namespace secondstep::fleet {

// What becomes of a state on its way between a host's own store and a fleet. Used steps, counters, marks of recovery codes,
// failures, waits and messages go along as they are. What a host knows of places (known sources, remembered clients, where a
// restore was begun) counts for that host alone, there as here. Codes that were given out or sent end with it: what is
// kept of them is made with a key that stays behind.

// Of the store of the host whose tag is `host`, for the fleet. Errors: crypto.
[[nodiscard]] Result<State> into_the_fleet(State state, const HostTag& host);

// Of the fleet, for that host: without what other hosts know of places. Where it was seen from is a digest still.
[[nodiscard]] State out_of_the_fleet(State state, const HostTag& host);
// The rest of it, on the host: `kept` is what its own store still has of the account. A place that is in it is called by its
// name again; of one that is not nobody knows any more which it was, and it is left out. Errors: crypto.
[[nodiscard]] Result<State> at_home(State state, const State& kept, const HostTag& host);

// A host's word that a device which `here` has too has used a code that no clock shows yet, or that its owner was let in at a
// time that has not come. Believed, it would keep the owner out until then. Of counters nobody can tell.
[[nodiscard]] bool claims_the_future(const State& arriving, const Credential& here, unsigned window,
                                     UnixTime now);

// A code that was given out, or sent, and may be waited for: it ends with the move.
[[nodiscard]] bool has_codes_that_end(const State& state, UnixTime now);

}  // namespace secondstep::fleet
