#pragma once

#include <optional>
#include <string>

#include "dialogue/conversation/script.h"
#include "dialogue/texts/messages.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// How somebody sets up their second step: an app whose key is shown as a picture or as text, or an address
// that codes are sent to.
enum class EnrollmentMethod { picture, text, mail, sms };

// What the rule's `methods` leave.
[[nodiscard]] messages::EnrollmentMethods methods_of(const Policy& policy);

// "q", "t", "m", "s", as far as they are offered.
[[nodiscard]] std::optional<EnrollmentMethod> method_of(const Secret& typed,
                                                        const messages::EnrollmentMethods& offered);

// Asks until one of them is said, at most three times; does not ask when there is only one. Returns nullopt
// if nobody answered, or said something else.
[[nodiscard]] Script<std::optional<EnrollmentMethod>> ask_method(Talk& talk,
                                                                 messages::EnrollmentMethods offered,
                                                                 std::string prompt);

}  // namespace secondstep::dialogue
