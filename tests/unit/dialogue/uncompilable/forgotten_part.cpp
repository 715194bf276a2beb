#include "dialogue/conversation/script.h"

namespace secondstep::dialogue {

Script<void> part(Talk& talk) {
    co_await talk.show("Nobody sees this.");
}

Script<void> whole(Talk& talk) {
    part(talk);
    co_return;
}

}  // namespace secondstep::dialogue
