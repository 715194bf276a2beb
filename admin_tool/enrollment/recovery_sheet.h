#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "console/output.h"

namespace secondstep::tool {

// Recovery codes as a person keeps them.

// Numbered, in two columns or, on a narrow terminal, in one, below a line that says what they are.
void show_recovery_codes(Output& screen, const std::vector<Secret>& codes,
                         std::string_view what = "Recovery codes");

// A form to print: host, account, date, a box to cross out before each code, and what to do with it.
[[nodiscard]] Secret recovery_form(std::string_view host, std::string_view account, UnixTime made_on,
                                   const std::vector<Secret>& codes);

// The same of a host's codes for when no node of the fleet answers.
[[nodiscard]] Secret break_glass_form(std::string_view host, UnixTime made_on,
                                      const std::vector<Secret>& codes);

}  // namespace secondstep::tool
