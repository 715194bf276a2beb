#include "dialogue/visit/damage.h"

#include "base/text.h"

namespace secondstep::dialogue {

std::string damage_notice(const std::string& name) {
    if (name.empty()) return "The state of a decoy record was damaged; the next write heals it.";
    return "The state of " + printable(name) +
           " was damaged; what is left of it accepts only codes that are newer than now. "
           "The next login heals it: wait about a minute for a new code. HOTP devices must be enrolled "
           "again, and the recovery codes of that set are void: secondstep recovery-codes --renew " +
           printable(name);
}

}  // namespace secondstep::dialogue
