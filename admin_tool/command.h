#pragma once

#include <span>
#include <string_view>

#include "console/invocation.h"

namespace secondstep::tool {

// Every verb, in the order of `secondstep help`; the only list of them.
[[nodiscard]] std::span<const Command> commands();
// Returns nullptr if there is no such verb.
[[nodiscard]] const Command* find_command(std::string_view verb);

}  // namespace secondstep::tool
