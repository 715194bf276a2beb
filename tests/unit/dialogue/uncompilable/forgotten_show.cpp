#include "dialogue/conversation/script.h"

namespace secondstep::dialogue {

Script<void> shows(Talk& talk) {
    talk.show("Nobody sees this.");
    co_return;
}

}  // namespace secondstep::dialogue
