#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace secondstep::tool {

// The one of `known` that somebody most likely meant by `typed`: one letter wrong, missing, too many or exchanged
// with its neighbor, two in longer words; or the only one that begins with it. Nothing where none is that near.
//   "enrol" => "enroll"; "statsu" => "status"; "temp" => "temporary-code"; "x" => nothing
[[nodiscard]] std::optional<std::string> similar_word(std::string_view typed,
                                                      std::span<const std::string> known);

// "; did you mean \"enroll\"?", or "".
[[nodiscard]] std::string did_you_mean(std::string_view typed, std::span<const std::string> known);

}  // namespace secondstep::tool
