#pragma once

#include <string>
#include <vector>

#include "command.h"

namespace secondstep::testing {

// The names of the verb's options, with their dashes, as its --help lists them.
[[nodiscard]] std::vector<std::string> options_of(const tool::Command& command);

// A call of the verb about `name` that means something, so that what it says is about the name or the caller.
// The owner of a second step has no options.
enum class By { administrator, owner };
[[nodiscard]] std::vector<std::string> call_of(const tool::Command& command, const std::string& name,
                                               By by = By::administrator);

// Does the verb take the name of somebody who has a second step, or is to have one?
[[nodiscard]] bool takes_a_user(const tool::Command& command);

}  // namespace secondstep::testing
