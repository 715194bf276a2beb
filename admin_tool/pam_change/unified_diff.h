#pragma once

#include <optional>
#include <string>

namespace secondstep::tool {

// What `diff -u` shows of two texts: three lines around each change. "" where they are equal; a text that is not there is
// /dev/null's.
[[nodiscard]] std::string unified_diff(const std::string& path, const std::optional<std::string>& before,
                                       const std::optional<std::string>& after);

}  // namespace secondstep::tool
