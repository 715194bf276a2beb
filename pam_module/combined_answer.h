#pragma once

#include <cstdint>
#include <optional>

#include "base/secret.h"

namespace secondstep::module {

// Password and code typed in one line, the code last.
struct CombinedAnswer {
    std::optional<Secret> password;  // nothing: too little was typed to hold both
    Secret code;
};

// The last `code_length` digits are the code, with what is pasted between and behind them, unless the line ends in
// a recovery or temporary code in its groups:
//   "correct horse492039", 6             => "correct horse", "492039"
//   "correct horse492 039.", 6           => "correct horse", "492 039."
//   "correct horse7K3M-9QXT-2HVB-W4ZD"   => "correct horse", "7K3M-9QXT-2HVB-W4ZD"   (six groups, blanks: the same)
//   "correct horse4Y7K7-J3SG5"           => "correct horse", "4Y7K7-J3SG5"
//   "?", 6                               => nothing, "?"
// Without groups such a code cannot be told from a password's end: then the last `code_length` bytes are cut off.
// Blanks are no sign of a temporary code, since "correct horse" has them.
[[nodiscard]] CombinedAnswer split_combined(const Secret& typed, std::uint8_t code_length);

}  // namespace secondstep::module
