#include "dialogue/conversation/script.h"

namespace secondstep::dialogue {

Script<void> asks(Talk& talk, std::string_view prompt) {
    co_await talk.show("Who made the prompt may be gone when this is read:");
    co_await talk.ask(prompt);
}

}  // namespace secondstep::dialogue
