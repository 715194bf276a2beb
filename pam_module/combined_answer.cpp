#include "combined_answer.h"

#include <algorithm>
#include <string_view>

namespace secondstep::module {
namespace {

constexpr std::size_t long_recovery_code = 29;   // six groups of four
constexpr std::size_t short_recovery_code = 19;  // four
constexpr std::size_t recovery_group = 4;
constexpr std::size_t one_time_code = 11;  // two groups of five: a temporary code
constexpr std::size_t one_time_group = 5;

// Not isalnum(3): what it says depends on the host's locale.
bool is_symbol(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool has_dashed_groups(std::string_view text, std::size_t group) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash_here = i % (group + 1) == group;
        if (dash_here ? text[i] != '-' : !is_symbol(text[i])) return false;
    }
    return true;
}

bool ends_in_groups(std::string_view text, std::size_t length, std::size_t group) {
    return text.size() >= length && has_dashed_groups(text.substr(text.size() - length), group);
}

std::size_t length_of_code(std::string_view typed, std::size_t code_length) {
    for (const std::size_t length : {long_recovery_code, short_recovery_code}) {
        if (ends_in_groups(typed, length, recovery_group)) return length;
    }
    // No six to eight digits are taken for one: its dash stands where they would have a digit.
    if (ends_in_groups(typed, one_time_code, one_time_group)) return one_time_code;
    return std::min(code_length, typed.size());
}

}  // namespace

CombinedAnswer split_combined(const Secret& typed, std::uint8_t code_length) {
    const std::string_view text = typed.text();
    if (text.size() < code_length) return {.password = std::nullopt, .code = typed.clone()};
    const std::size_t rest = text.size() - length_of_code(text, code_length);
    return {.password = Secret::copy_of(text.substr(0, rest)), .code = Secret::copy_of(text.substr(rest))};
}

}  // namespace secondstep::module
