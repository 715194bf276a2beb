#pragma once

#include "dialogue/conversation/request.h"
#include "dialogue/conversation/step.h"
#include "wire/message.h"

namespace secondstep::dialogue {

// Between the words of a dialogue and those of the wire, as the side that asks a service uses them.

[[nodiscard]] wire::Hello hello_of(const Request& request);
[[nodiscard]] wire::Answer answer_of(Reply reply);
[[nodiscard]] Show show_of(wire::Show show);

// What may leave this host of what was typed at a hidden prompt: a code, '?', nothing at all, or what sshd put in its
// place. Everything else may be a password, and stays: the node hears of an answer that is too long, which it takes
// for what it is, no code.
[[nodiscard]] Reply without_passwords(Reply reply);

}  // namespace secondstep::dialogue
