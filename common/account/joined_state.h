#pragma once

#include "account/credential.h"
#include "account/state.h"

namespace secondstep {

// What two stores know of one account, put together: nothing that was used up in one of them is good after it, and no
// failure, wait or message that one of them counted is forgotten. `credential` is the one the result goes with. Where only
// one can stand (the last success, a notice) the newer does, of two that are as old `there`'s; the generation is `there`'s.
//
// Joining what is in it already changes nothing: joined(joined(a, b), b) is joined(a, b). So a record says by itself whether
// another is in it, and whoever was interrupted does it again.
[[nodiscard]] State joined(State there, const State& arriving, const Credential& credential);

}  // namespace secondstep
