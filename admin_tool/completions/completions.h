#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "console/invocation.h"

namespace secondstep::tool {

// The file from which `shell` (bash, zsh or fish) completes calls of these verbs, with the options that each of them
// takes. Nothing: another shell.
[[nodiscard]] std::optional<std::string> completions_for(std::string_view shell,
                                                         std::span<const Command> verbs);

}  // namespace secondstep::tool
