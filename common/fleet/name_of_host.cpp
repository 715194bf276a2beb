#include "fleet/name_of_host.h"

#include <algorithm>
#include <string>

namespace secondstep::fleet {
namespace {

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_name_of_host(std::string_view name) {
    if (name.empty() || name.size() > longest_host_name) return false;
    char before = '.';
    for (const char c : name) {
        const bool between = c == '-' || c == '.';
        if (!between && !is_letter_or_digit(c)) return false;
        if (before == '.' && between) return false;
        if (before == '-' && c == '.') return false;
        before = c;
    }
    return is_letter_or_digit(before);
}

bool is_pattern_of_hosts(std::string_view pattern) {
    if (pattern.find('*') == std::string_view::npos) return false;
    std::string one_of_them(pattern);
    std::ranges::replace(one_of_them, '*', 'x');
    return is_name_of_host(one_of_them);
}

bool matches(std::string_view pattern, std::string_view name) {
    // Where the last star stood, and how much of the name it has taken.
    std::size_t star = std::string_view::npos;
    std::size_t taken_to = 0;
    std::size_t p = 0;
    std::size_t n = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            taken_to = n;
        } else if (p < pattern.size() && pattern[p] == name[n]) {
            ++p;
            ++n;
        } else if (star != std::string_view::npos && name[taken_to] != '.') {
            p = star + 1;
            n = ++taken_to;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace secondstep::fleet
