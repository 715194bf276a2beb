#pragma once

#include <optional>
#include <string>

#include "dialogue/conversation/script.h"
#include "dialogue/texts/messages.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// How somebody sets up their second step: an app whose key is shown as a picture or as text, or an address
// that codes are sent to.
enum class Way { picture, text, mail, sms };

// What the rule's `methods` leave.
[[nodiscard]] messages::Ways ways_of(const Policy& policy);

// "q", "t", "m", "s", as far as they are offered.
[[nodiscard]] std::optional<Way> way_of(const Secret& typed, const messages::Ways& offered);

// Asks until one of them is said, at most three times; does not ask when there is only one. Returns nullopt
// if nobody answered, or said something else.
[[nodiscard]] Script<std::optional<Way>> ask_way(Talk& talk, messages::Ways offered, std::string prompt);

}  // namespace secondstep::dialogue
