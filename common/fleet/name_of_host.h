#pragma once

#include <string_view>

namespace secondstep::fleet {

inline constexpr std::size_t longest_host_name = 63;

// "web01", "web01.example.com": lower-case letters, digits, dashes and dots between them. It becomes a file's name, and
// stands in a certificate.
[[nodiscard]] bool is_name_of_host(std::string_view name);

// The same with one "*" or more, each of which stands for any letters, digits and dashes: "web*" is web01 and web-a, and
// not web01.example.com.
[[nodiscard]] bool is_pattern_of_hosts(std::string_view pattern);
[[nodiscard]] bool matches(std::string_view pattern, std::string_view name);

}  // namespace secondstep::fleet
