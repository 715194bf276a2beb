#include "dialogue/conversation/ended.h"
#include "dialogue/conversation/script.h"

namespace secondstep::dialogue {

Script<Ended> ends(Talk& talk) {
    co_await talk.show("No line of the journal says how this ends.");
    co_return Verdict::refused;
}

}  // namespace secondstep::dialogue
