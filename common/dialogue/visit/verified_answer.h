#pragma once

#include "dialogue/conversation/script.h"
#include "dialogue/visit/verification.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// Judges one answer and waits for what that needs. Of somebody who logs in on a host of the fleet: if it still is one, and
// out of what it may cause (guest_allowance.h).
[[nodiscard]] Script<VerificationOutcome> verify_answer(Visit& visit,
                                                        Verification::Circumstances circumstances,
                                                        Verification::Code code);

}  // namespace secondstep::dialogue
