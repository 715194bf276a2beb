#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace secondstep {

// Calls `visit` for every name in `directory` but "." and "..", until it returns false. Memory does not grow
// with the number of names. Names that come or go meanwhile may be seen or not. Errors: io.
[[nodiscard]] Result<void> for_each_name(int directory, const std::function<bool(std::string_view)>& visit);

// Whether there is anything of that name, also a dangling symbolic link, which an administrator has to look
// at. What cannot be told counts as there.
[[nodiscard]] bool is_there(int directory, const std::string& name);

}  // namespace secondstep
