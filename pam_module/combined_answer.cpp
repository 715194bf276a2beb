#include "combined_answer.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace secondstep::module {
namespace {

struct Groups {
    std::size_t count;
    std::size_t size;
};
constexpr Groups long_recovery_code{6, 4};
constexpr Groups short_recovery_code{4, 4};
constexpr Groups temporary_code{2, 5};
constexpr std::size_t most_digits = 8;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Not isalnum(3): what it says depends on the host's locale.
bool is_symbol(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// Takes off the end of `rest` what stands between two groups. Of dashes those that texts are set with, and not all
// that base/pasted_text.h knows: its tables stay out of the host. Blanks are in passwords of several words.
enum class Parted { by_dashes, by_blanks };
bool take_separator(std::string_view& rest, Parted parted) {
    static constexpr auto dashes =
        std::to_array<std::string_view>({"-", "\xe2\x80\x90", "\xe2\x80\x91", "\xe2\x80\x92", "\xe2\x80\x93",
                                         "\xe2\x80\x94", "\xe2\x88\x92"});
    static constexpr auto blanks = std::to_array<std::string_view>({" ", "\xc2\xa0"});
    const std::span<const std::string_view> all =
        parted == Parted::by_dashes ? std::span<const std::string_view>(dashes) : blanks;
    for (const std::string_view one : all) {
        if (!rest.ends_with(one)) continue;
        rest.remove_suffix(one.size());
        return true;
    }
    return false;
}

bool take_symbols(std::string_view& rest, std::size_t count) {
    if (rest.size() < count || !std::ranges::all_of(rest.substr(rest.size() - count), is_symbol))
        return false;
    rest.remove_suffix(count);
    return true;
}

// In bytes; 0: it does not end in such a code.
std::size_t length_in_groups(std::string_view text, const Groups& groups, Parted parted) {
    std::string_view rest = text;
    for (std::size_t i = 0; i < groups.count; ++i) {
        if (i != 0 && !take_separator(rest, parted)) return 0;
        if (!take_symbols(rest, groups.size)) return 0;
    }
    return text.size() - rest.size();
}

// The last `count` digits with what stands between and behind them; 0: a letter is among them. Whether that is
// layout, who judges the code says.
std::size_t length_of_digits(std::string_view text, std::size_t count) {
    std::size_t length = 0;
    while (count > 0 && length < text.size()) {
        const char last = text[text.size() - 1 - length];
        if (is_symbol(last) && !is_digit(last)) return 0;
        if (is_digit(last)) --count;
        ++length;
    }
    return count == 0 ? length : 0;
}

std::size_t length_of_code(std::string_view typed, std::size_t code_length) {
    for (const Groups& groups : {long_recovery_code, short_recovery_code, temporary_code}) {
        if (const std::size_t length = length_in_groups(typed, groups, Parted::by_dashes)) return length;
    }
    const std::size_t digits = length_of_digits(typed, code_length);
    if (digits == code_length || (digits != 0 && code_length == most_digits)) return digits;
    for (const Groups& groups : {long_recovery_code, short_recovery_code}) {
        if (const std::size_t length = length_in_groups(typed, groups, Parted::by_blanks)) return length;
    }
    return digits != 0 ? digits : std::min(code_length, typed.size());
}

}  // namespace

CombinedAnswer split_combined(const Secret& typed, std::uint8_t code_length) {
    const std::string_view text = typed.text();
    if (text.size() < code_length) return {.password = std::nullopt, .code = typed.clone()};
    const std::size_t rest = text.size() - length_of_code(text, code_length);
    return {.password = Secret::copy_of(text.substr(0, rest)), .code = Secret::copy_of(text.substr(rest))};
}

}  // namespace secondstep::module
