#pragma once

#include <sys/types.h>

#include "account/seal.h"
#include "base/clock.h"
#include "base/randomness.h"

namespace secondstep {

// What everything in a store works with.
struct StoreContext {
    const Keyring& ring;
    const Clock& clock;
    Randomness& randomness;
    unsigned window;  // for after_damage
    uid_t owner;      // of every file
};

}  // namespace secondstep
