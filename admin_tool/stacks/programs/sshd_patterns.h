#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace secondstep::tool {

// The pattern lists of ssh_config(5), "PATTERNS": '*' and '?', commas, and '!' before what must not match, which
// wins wherever it stands. A list of nothing but negated patterns matches nobody.

[[nodiscard]] bool matches_pattern(std::string_view text, std::string_view pattern);
[[nodiscard]] bool matches_list(std::string_view text, std::string_view list);
// A group list is about all groups of a person at once.
[[nodiscard]] bool some_matches_list(const std::vector<std::string>& texts, std::string_view list);
// Patterns here are addresses and networks too (192.0.2.0/24).
[[nodiscard]] bool address_matches_list(std::string_view address, std::string_view list);

}  // namespace secondstep::tool
