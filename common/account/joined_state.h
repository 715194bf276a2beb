#pragma once

#include <cstdint>

#include "account/credential.h"
#include "account/state.h"

namespace secondstep {

enum class Counting : std::uint8_t {
    of_both,  // no failure, wait or message that one of them counted is forgotten
    // What arrives may come from whoever wants to hold the owner back, or their places out: of failures, waits, messages
    // and forced enrollment what is there stays as it is, and places and clients are added as far as there is room.
    of_there,
};

// What two stores know of one account, put together: nothing that was used up in one of them is good after it.
// `credential` is the one the result goes with. Where only one can stand (the last success, a notice) the newer does, of
// two that are as old `there`'s; the generation is `there`'s.
//
// Joining what is in it already changes nothing: joined(joined(a, b), b) is joined(a, b). So a record says by itself whether
// another is in it, and whoever was interrupted does it again.
[[nodiscard]] State joined(State there, const State& arriving, const Credential& credential,
                           Counting counting = Counting::of_both);

}  // namespace secondstep
