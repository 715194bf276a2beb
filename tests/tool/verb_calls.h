#pragma once

#include <string>
#include <vector>

#include "command.h"

namespace secondstep::testing {

// What `secondstep VERB --help` lists: an option that somebody adds is found without being listed in a test.
struct HelpOption {
    std::string name;   // with its dashes
    std::string value;  // "FILE"; empty: a switch
};
[[nodiscard]] std::vector<HelpOption> options_of(const tool::Command& command);

// A call of the verb about `name` that means something, so that what it says is about the name or the caller.
// The owner of a second step has no options.
enum class By { administrator, owner };
[[nodiscard]] std::vector<std::string> call_of(const tool::Command& command, const std::string& name,
                                               By by = By::administrator);

// Does it print JSON when it is told to?
[[nodiscard]] bool speaks_json(const tool::Command& command);

// Does the verb take the name of somebody who has a second step, or is to have one?
[[nodiscard]] bool takes_a_user(const tool::Command& command);

}  // namespace secondstep::testing
