#include "stacks/programs/sshd_match.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "stacks/programs/sshd_patterns.h"

namespace secondstep::tool {

namespace {

using Kind = SshdMatch::Kind;

Kind kind_of(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, Kind>, 7> names{{{"all", Kind::all},
                                                                      {"user", Kind::user},
                                                                      {"group", Kind::group},
                                                                      {"host", Kind::host},
                                                                      {"address", Kind::address},
                                                                      {"localaddress", Kind::local_address},
                                                                      {"localport", Kind::local_port}}};
    const auto* found =
        std::ranges::find(names, lowercase_ascii(word), [](const auto& pair) { return pair.first; });
    return found == names.end() ? Kind::other : found->second;
}

// "User=alice" is two words, as "User alice" is.
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!(text = trimmed(text)).empty()) {
        const std::size_t end = std::min(text.find_first_of(" \t="), text.size());
        if (end > 0) words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

Certainty holds(const SshdMatch::Criterion& criterion, const SshdLogin& login) {
    switch (criterion.kind) {
        case Kind::all:
            return Certainty::yes;
        case Kind::user:
            return certainty_of(matches_list(login.user, criterion.patterns));
        case Kind::group:
            return certainty_of(some_matches_list(login.groups, criterion.patterns));
        case Kind::host:
            return certainty_of(matches_list(lowercase_ascii(login.host), criterion.patterns));
        case Kind::address:
            return certainty_of(address_matches_list(login.address, criterion.patterns));
        case Kind::local_address:
            return certainty_of(address_matches_list(login.local_address, criterion.patterns));
        case Kind::local_port:
            return certainty_of(login.local_port == criterion.patterns);
        case Kind::other:
            break;
    }
    return Certainty::cannot_tell;
}

}  // namespace

SshdMatch SshdMatch::parse(std::string_view words) {
    SshdMatch match;
    const std::vector<std::string_view> all = words_of(words);
    for (std::size_t i = 0; i < all.size();) {
        const Kind kind = kind_of(all[i++]);
        Criterion criterion{kind, {}};
        if (kind != Kind::all && i < all.size()) criterion.patterns = all[i++];
        if (kind == Kind::host) criterion.patterns = lowercase_ascii(criterion.patterns);
        match.criteria_.push_back(std::move(criterion));
    }
    if (match.criteria_.empty()) match.criteria_.push_back({Kind::other, {}});
    return match;
}

Certainty SshdMatch::holds_for(const SshdLogin& login) const {
    Certainty all = Certainty::yes;
    for (const Criterion& criterion : criteria_)
        all = both(all, holds(criterion, login));
    return all;
}

bool SshdMatch::is_about(Kind kind) const {
    return std::ranges::any_of(criteria_, [kind](const Criterion& each) { return each.kind == kind; });
}

}  // namespace secondstep::tool
