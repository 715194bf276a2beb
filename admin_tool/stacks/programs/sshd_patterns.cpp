#include "stacks/programs/sshd_patterns.h"

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "policy/network.h"

namespace secondstep::tool {

namespace {

enum class Verdict { matches, does_not, is_excluded };

Verdict judge(std::string_view list, const std::function<bool(std::string_view)>& matches) {
    Verdict verdict = Verdict::does_not;
    for (std::string_view pattern : split(list, ',')) {
        pattern = trimmed(pattern);
        const bool negated = pattern.starts_with('!');
        if (negated) pattern.remove_prefix(1);
        if (pattern.empty() || !matches(pattern)) continue;
        if (negated) return Verdict::is_excluded;
        verdict = Verdict::matches;
    }
    return verdict;
}

Verdict judge(std::string_view text, std::string_view list) {
    return judge(list, [text](std::string_view pattern) { return matches_pattern(text, pattern); });
}

bool address_matches(std::string_view address, std::string_view pattern) {
    if (pattern != "local") {  // a word of our own networks
        if (const auto network = Network::parse(pattern))
            return network->contains(address, "") == Certainty::yes;
    }
    return matches_pattern(address, pattern);
}

}  // namespace

// Backtracks to the last '*' only, so that no pattern takes longer than text times pattern.
bool matches_pattern(std::string_view text, std::string_view pattern) {
    std::size_t at = 0;
    std::size_t in_pattern = 0;
    std::size_t star = std::string_view::npos;
    std::size_t taken_by_star = 0;
    while (at < text.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            star = in_pattern++;
            taken_by_star = at;
        } else if (in_pattern < pattern.size() &&
                   (pattern[in_pattern] == '?' || pattern[in_pattern] == text[at])) {
            ++in_pattern;
            ++at;
        } else if (star != std::string_view::npos) {
            in_pattern = star + 1;
            at = ++taken_by_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

bool matches_list(std::string_view text, std::string_view list) {
    return judge(text, list) == Verdict::matches;
}

bool some_matches_list(const std::vector<std::string>& texts, std::string_view list) {
    bool some = false;
    for (const std::string& text : texts) {
        const Verdict verdict = judge(text, list);
        if (verdict == Verdict::is_excluded) return false;
        some = some || verdict == Verdict::matches;
    }
    return some;
}

bool address_matches_list(std::string_view address, std::string_view list) {
    return judge(list, [address](std::string_view pattern) { return address_matches(address, pattern); }) ==
           Verdict::matches;
}

}  // namespace secondstep::tool
