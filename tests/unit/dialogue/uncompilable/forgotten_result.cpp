#include "dialogue/conversation/script.h"

namespace secondstep::dialogue {

Script<bool> part(Talk& talk) {
    co_await talk.show("Shown.");
    co_return true;
}

Script<void> whole(Talk& talk) {
    co_await part(talk);
}

}  // namespace secondstep::dialogue
