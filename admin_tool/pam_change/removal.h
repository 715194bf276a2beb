#pragma once

#include <string>

#include "base/error.h"
#include "pam_change/service_text.h"

namespace secondstep::tool {

// The text without the lines that name the module, and with what `pam add` had written something else for. Of what
// additions_to() made, byte for byte what was there before. Errors: not_found (nothing names it), invalid (a jump
// that counts its line: the sentence says which).
[[nodiscard]] Result<std::string> without_second_step(const ServiceText& text);

// Its code stands in place of a password, which its old lines ask for.
[[nodiscard]] bool stands_for_a_password(const ServiceText& text);

}  // namespace secondstep::tool
