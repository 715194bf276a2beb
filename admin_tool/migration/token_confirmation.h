#pragma once

#include <string>

#include "account/credential.h"
#include "base/clock.h"
#include "base/error.h"
#include "console/output.h"

namespace secondstep::tool {

// Asks whoever is at the terminal for a code that `device` shows, up to three times. A right one proves that
// the key is that of the device in somebody's hands, and becomes its floor, if that is not higher; a device
// that counts may be up to ten codes ahead. Errors: invalid (no right code; a sentence that says what to do),
// crypto.
[[nodiscard]] Result<void> confirm_device(Authenticator& device, Method method, const std::string& account,
                                          unsigned window, const Clock& clock, Output& screen);

}  // namespace secondstep::tool
