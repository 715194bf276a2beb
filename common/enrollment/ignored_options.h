#pragma once

#include <cstdint>
#include <optional>

#include "account/credential.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

namespace secondstep::dialogue {

// Which options of a new key an authenticator app does not heed: many make 6 digits with SHA-1 every 30 seconds
// (or begin to count at 0) whatever the picture says.
struct IgnoredOptions {
    bool digits = false;
    bool algorithm = false;
    bool period = false;   // by time
    bool counter = false;  // by a counter
    [[nodiscard]] bool any() const { return digits || algorithm || period || counter; }
};

// What an app must have ignored to show `typed` (digits) of `device` at `now`, as little as possible; nothing if
// that does not explain it. `counter`: of one that counts, the first it is told; nothing: it goes by time.
// It explains and accepts nothing: only for the owner of a key that is not stored yet. Errors: crypto.
[[nodiscard]] Result<std::optional<IgnoredOptions>> ignored_options(const Authenticator& device,
                                                                    std::optional<std::uint64_t> counter,
                                                                    const Secret& typed, unsigned window,
                                                                    UnixTime now);

}  // namespace secondstep::dialogue
