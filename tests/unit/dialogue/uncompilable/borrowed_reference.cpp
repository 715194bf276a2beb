#include "dialogue/conversation/script.h"

namespace secondstep::dialogue {

Script<void> shows(Talk& talk, const std::string& text) {
    co_await talk.show("Who made the text may be gone when this is read:");
    co_await talk.show(text);
}

}  // namespace secondstep::dialogue
