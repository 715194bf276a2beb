#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/secret.h"

// What people paste and type into a prompt, and what of it is layout: the one place that decides it. Nothing here
// depends on the locale, on an account, or on what is asked for.
namespace secondstep {

// One character of it. Every letter and every digit is a symbol or foreign, so that none is ever passed over.
struct PastedCharacter {
    enum class Kind {
        symbol,  // an ASCII letter or digit, or one that is meant as such: full-width, a digit of another script
        blank,    // layout: spaces of every kind and width, tabs, ends of lines, marks of direction
        dash,     // layout: hyphens, dashes, minus signs of every kind
        mark,     // layout: all other punctuation, signs, lines and boxes
        foreign,  // a letter, or another character that may mean something: "\u00e9", "\u2460"
        broken,   // a control character, or not UTF-8
    };
    Kind kind;
    char symbol = '\0';  // of a symbol: the ASCII letter, in its own case, or the digit
};
[[nodiscard]] bool is_layout(PastedCharacter::Kind kind);  // blank, dash, mark
// Takes one off the front of `rest`, which must not be empty. The marks of a terminal's bracketed paste,
// ESC [ 200 ~ and ESC [ 201 ~, are one character each.
[[nodiscard]] PastedCharacter take_pasted_character(std::string_view& rest);

// The symbols of it in their order, and how they stood together.
struct PastedSymbols {
    Secret symbols;                   // [0-9A-Za-z]
    std::vector<std::size_t> groups;  // how many symbols stood without layout between them
    bool parted = false;              // a blank or a dash stands between two of them
};
// nullopt if there is anything that is neither symbol nor layout.
//   " 492\u2011039. "           => "492039", {3, 3}
//   "[ ]  1  7K3M-9QXT"         => "17K3M9QXT", {1, 4, 4}
//   "caf\u00e9", "\b", "\xff"   => nullopt
[[nodiscard]] std::optional<PastedSymbols> pasted_symbols(std::string_view typed);
// The symbols alone.
[[nodiscard]] std::optional<Secret> without_layout(std::string_view typed);

// The digits of a number or code: nullopt if there is anything else but layout and a caption, or no digit at all.
[[nodiscard]] std::optional<Secret> pasted_digits(std::string_view typed);

// What stands behind words and a colon; all of it if there is not exactly one colon, or if what is before it has
// a digit, or has no letter:
//   "Verification code: 492 039"             => " 492 039"
//   "1: 7K3M-9QXT", "ABCD:EFGH:JKMN:PQRS"    => the same
[[nodiscard]] std::string_view without_caption(std::string_view typed);

// Whether it is `word`, of ASCII letters and digits in lower case, whatever layout is about it: " Yes." is "yes".
// Makes no copy that is not wiped.
[[nodiscard]] bool is_word(std::string_view typed, std::string_view word);
[[nodiscard]] std::string_view without_outer_blanks(std::string_view typed);
[[nodiscard]] bool is_blank(std::string_view typed);  // nothing, or blanks only

}  // namespace secondstep
