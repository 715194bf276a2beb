#pragma once

#include <span>
#include <string>
#include <string_view>

namespace secondstep {

// For what was meant to be one of our own words: "actoin" => "; did you mean 'action'?", the nearest of
// `known` that two changes of a letter, or a swap, lead to; otherwise "". What was written is never repeated.
[[nodiscard]] std::string did_you_mean(std::string_view written, std::span<const std::string_view> known);

}  // namespace secondstep
