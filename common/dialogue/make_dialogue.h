#pragma once

#include <memory>

#include "dialogue/conversation/dialogue.h"
#include "dialogue/conversation/ports.h"
#include "dialogue/conversation/request.h"

namespace secondstep::dialogue {

// The conversation for the request's purpose.
[[nodiscard]] std::unique_ptr<Dialogue> make_dialogue(Ports ports, Request request);

}  // namespace secondstep::dialogue
