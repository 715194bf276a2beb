#pragma once

#include <string>
#include <vector>

#include "account/credential.h"
#include "base/clock.h"
#include "base/error.h"
#include "console/output.h"

namespace secondstep::tool {

// Asks whoever is at the terminal for a code that the device shows, up to three times. `readings`: the device, and
// what else its key may be; never none. The code of one of them alone proves that this is the key of the device in
// somebody's hands, and becomes its floor, if that is not higher; a device that counts may be up to ten codes
// ahead. Errors: invalid (no right code; a sentence that says what to do), crypto.
[[nodiscard]] Result<Authenticator> confirm_device(std::vector<Authenticator> readings, Method method,
                                                   const std::string& account, unsigned window,
                                                   const Clock& clock, Output& screen);

}  // namespace secondstep::tool
