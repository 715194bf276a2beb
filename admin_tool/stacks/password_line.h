#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "stacks/pam_stack.h"

namespace secondstep::tool {

// Whether pam_secondstep is called after a password module before it has said no. `lines` are those of auth.
[[nodiscard]] bool reached_after_wrong_password(const std::vector<StackLine>& lines);

// What to write so that it no longer is; `password` is the first password module. A line only where walks
// show that it helps, and keeps nobody out who got in before.
[[nodiscard]] std::string mend_of_password(const std::vector<StackLine>& lines, std::size_t password);

// "auth CONTROL pam_x.so arguments": the line with another control.
[[nodiscard]] std::string with_control(const StackLine& line, std::string_view control);
[[nodiscard]] std::string_view facility_word(const StackLine& line);  // "auth", "account"

}  // namespace secondstep::tool
