#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "console/exit_status.h"
#include "console/output.h"
#include "enrollment/enrollment.h"

namespace secondstep::tool {

// Asks for a code that proves that the device has the key, up to three times; one that is right for another
// moment says how far that device's clock is off, and asks again. Stops with refused, after saying that
// nothing is stored.
[[nodiscard]] OrExit<void> confirm_with_code(dialogue::Enrollment& enrollment, const std::string& account,
                                             unsigned window, const Clock& clock, Output& screen);

}  // namespace secondstep::tool
