#pragma once

#include <string>

namespace secondstep::dialogue {

// What the journal says when a slot of somebody's state was lost, and what the person must do. `name` is
// empty for a decoy's record, about which nobody has to do anything.
[[nodiscard]] std::string damage_notice(const std::string& name);

}  // namespace secondstep::dialogue
