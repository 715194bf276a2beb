#pragma once

#include <optional>
#include <string>

#include "stacks/programs/sudoers.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// Of whom sudo asks, and how that is known.
struct SudoAsking {
    Sudoers::Answer for_everybody;
    std::optional<Sudoers::Answer> for_some;
};

// Whose code sudo asks for, where it is not that of who calls it.
[[nodiscard]] Remarks sudo_findings(const SudoAsking& asking);

// "root", "the account that the command runs as"
[[nodiscard]] std::string person_asked(SudoAsks whom);

}  // namespace secondstep::tool
