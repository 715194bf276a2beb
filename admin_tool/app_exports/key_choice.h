#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "console/exit_status.h"
#include "console/output.h"
#include "otp/key_description.h"

namespace secondstep::tool {

// A number that the person at the terminal types; nothing where nobody is there, or it is none.
[[nodiscard]] std::optional<std::size_t> asked_number(Output& screen);

// The one of these that is meant: of several the person at the terminal chooses, or `choice` says which (from 1).
// Stops with refused, after listing them when nobody can choose.
[[nodiscard]] OrExit<otp::DescribedKey> chosen_of(std::vector<otp::DescribedKey> keys,
                                                  std::optional<std::size_t> choice, Output& screen);

}  // namespace secondstep::tool
