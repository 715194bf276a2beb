#pragma once

#include <string>

#include "dialogue/conversation/script.h"
#include "dialogue/set_up/enrollment_commit.h"
#include "dialogue/set_up/enrollment_method.h"
#include "dialogue/visit/visit.h"

namespace secondstep::dialogue {

// Sets up a second step in the chosen way. `proof`: what permitted it.
[[nodiscard]] Script<EnrollmentOutcome> set_up_second_step(Visit& visit, EnrollmentBaseline baseline,
                                                           EnrollmentMethod method, Proof proof);

// How a login ends whose person had to set up a second step: anything but `done` does not let them in. Logs.
[[nodiscard]] Ended end_of(EnrollmentOutcome outcome, const Visit& visit);

}  // namespace secondstep::dialogue
