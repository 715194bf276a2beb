#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "oracle/comparison.h"

namespace secondstep::testing {

// A walk, or a reading, that is wrong in one place: the oracle has to notice each.
struct MadeMistake {
    std::string name;
    Foretelling foretelling;
    friend std::ostream& operator<<(std::ostream& stream, const MadeMistake& mistake) {
        return stream << mistake.name;
    }
};

[[nodiscard]] std::vector<MadeMistake> every_mistake(const tool::LibpamRules& rules);

// Every control written out anew, and the same.
[[nodiscard]] MadeMistake no_mistake(const tool::LibpamRules& rules);

}  // namespace secondstep::testing
