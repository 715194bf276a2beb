#include "dialogue/conversation/script.h"

namespace secondstep::dialogue {

Script<void> asks(Talk& talk) {
    talk.ask("Nobody answers this: ");
    co_return;
}

}  // namespace secondstep::dialogue
