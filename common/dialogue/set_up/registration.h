#pragma once

#include <expected>

#include "dialogue/conversation/script.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// Asks for the registration code that permits somebody to enroll, at most three times. Wrong ones count as
// failures and throttle like every code; the right one is used up by the enrollment's own write. Otherwise
// the verdict, logged: cancelled when nobody answered, refused after the last wrong one.
[[nodiscard]] Script<std::expected<OneTimeGrant, Ended>> ask_registration_code(Visit& visit);

}  // namespace secondstep::dialogue
