#pragma once

#include <optional>
#include <string_view>

namespace secondstep {

// Takes one character off the front of `rest`, which must not be empty. What is not UTF-8 as RFC 3629 section
// 4 has it (overlong forms, surrogates, over U+10FFFF, cut short) takes one byte off and returns nullopt.
[[nodiscard]] std::optional<char32_t> take_character(std::string_view& rest);

}  // namespace secondstep
