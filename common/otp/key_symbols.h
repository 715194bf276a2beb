#pragma once

#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::otp {

// The letters and digits of a key, and whether they stood in groups.
struct KeySymbols {
    Secret text;
    bool in_groups = false;
};

// Takes off what may stand around a key (quotes, brackets, '=' at its end) and between its symbols (blanks and
// dashes). Nothing else becomes key, whatever door it comes through: words, marks in the place of what is hidden,
// groups that are not of one size or one hand are refused. Errors: invalid; a part of a sentence that repeats
// nothing.
[[nodiscard]] Result<KeySymbols> key_symbols(std::string_view text);

// "JBSW...", "JBSW ****": not all of it is there.
[[nodiscard]] bool is_cut(std::string_view text);
// Blanks, dashes, quotes, brackets, a final period.
[[nodiscard]] std::string_view without_surroundings(std::string_view text);
[[nodiscard]] std::string_view without_padding(std::string_view text);

// Whether a key of so many bytes, written in groups, may have a word of four or eight letters among them: it is
// none of the sizes that keys have.
[[nodiscard]] bool is_an_unusual_size(std::size_t bytes);

// "key", "secret", "setup" ...: of the captions that pages put in front of a key, in lower case. Most of them are
// base32 by accident.
[[nodiscard]] bool is_of_a_caption(std::string_view word);

// In bytes. What is shorter is a verification code, a word or a part: nobody hands out such a key.
inline constexpr std::size_t shortest_usual_key = 8;

inline constexpr std::string_view key_example = "for example JBSW Y3DP EHPK 3PXP";

}  // namespace secondstep::otp
