#pragma once

#include <sys/types.h>

#include <optional>

#include "dialogue/conversation/request.h"
#include "dialogue/conversation/step.h"
#include "wire/message.h"

namespace secondstep::service {

// Between the words of the wire and those of a dialogue.

[[nodiscard]] dialogue::Request request_of(const wire::Hello& hello, dialogue::Caller caller, uid_t peer);
[[nodiscard]] dialogue::Reply reply_of(wire::Answer answer);

[[nodiscard]] wire::Message message_of(dialogue::Show show);
[[nodiscard]] wire::Message message_of(const dialogue::Ask& ask);
[[nodiscard]] wire::Message message_of(const dialogue::End& end);

// Whether what was said before this step has to be sent before it: nobody waits for a text that is ready. A look-up is
// answered at once, or the whole login waits for a name service that is ill.
[[nodiscard]] bool takes_long(const dialogue::Step& step);

}  // namespace secondstep::service
