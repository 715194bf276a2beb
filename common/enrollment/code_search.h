#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "account/credential.h"
#include "base/error.h"
#include "base/secret.h"

namespace secondstep::dialogue {

// Whether a time step or counter is the one that is looked for. Errors: crypto.
using FitsFactor = std::function<Result<bool>(std::uint64_t)>;
// Which one is; nothing: none of those that were looked at. Errors: crypto.
using FoundFactor = Result<std::optional<std::uint64_t>>;

// Is `typed` the device's code of this step or counter?
[[nodiscard]] Result<bool> has_code(const Authenticator& device, std::uint64_t factor, const Secret& typed);

// The first from `first` to `last`, both included.
[[nodiscard]] FoundFactor factor_between(std::uint64_t first, std::uint64_t last, const FitsFactor& fits);
// TOTP: the nearest step on either side of `now`, from `nearest` steps away to twelve hours: by chance one of the
// thousands of steps has a typed code now and then, and a near one is the likelier truth.
[[nodiscard]] FoundFactor step_around(const Authenticator& device, std::uint64_t now, std::uint64_t nearest,
                                      const FitsFactor& fits);

// How far the clock of a device is off that shows the code of `step` while it is `now`: > 0: it is ahead.
[[nodiscard]] std::chrono::seconds offset_of(const Authenticator& device, std::uint64_t step,
                                             std::uint64_t now);

}  // namespace secondstep::dialogue
