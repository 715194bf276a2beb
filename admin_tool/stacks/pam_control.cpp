#include "stacks/pam_control.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace secondstep::tool {

namespace {

using Kind = Reaction::Kind;

constexpr std::array<std::string_view, pam_codes> code_names{"success",
                                                             "open_err",
                                                             "symbol_err",
                                                             "service_err",
                                                             "system_err",
                                                             "buf_err",
                                                             "perm_denied",
                                                             "auth_err",
                                                             "cred_insufficient",
                                                             "authinfo_unavail",
                                                             "user_unknown",
                                                             "maxtries",
                                                             "new_authtok_reqd",
                                                             "acct_expired",
                                                             "session_err",
                                                             "cred_unavail",
                                                             "cred_expired",
                                                             "cred_err",
                                                             "no_module_data",
                                                             "conv_err",
                                                             "authtok_err",
                                                             "authtok_recover_err",
                                                             "authtok_lock_busy",
                                                             "authtok_disable_aging",
                                                             "try_again",
                                                             "ignore",
                                                             "abort",
                                                             "authtok_expired",
                                                             "module_unknown",
                                                             "bad_item",
                                                             "conv_again",
                                                             "incomplete"};

// pam.conf(5): the keywords are short for these.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> keywords{{
    {"required", "success=ok new_authtok_reqd=ok ignore=ignore default=bad"},
    {"requisite", "success=ok new_authtok_reqd=ok ignore=ignore default=die"},
    {"sufficient", "success=done new_authtok_reqd=done default=ignore"},
    {"optional", "success=ok new_authtok_reqd=ok default=ignore"},
}};

std::optional<Reaction> reaction_of(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, Kind>, 6> words{{{"ignore", Kind::ignore},
                                                                      {"ok", Kind::ok},
                                                                      {"done", Kind::done},
                                                                      {"bad", Kind::bad},
                                                                      {"die", Kind::die},
                                                                      {"reset", Kind::reset}}};
    const auto* found = std::ranges::find(words, word, [](const auto& pair) { return pair.first; });
    if (found != words.end()) return Reaction{found->second};
    const std::optional<unsigned> jump = parse_number<unsigned>(word);
    if (!jump || *jump == 0) return std::nullopt;
    return Reaction{Kind::jump, *jump};
}

// "a=b  c = d" => the next "a" and "b"; nothing when there is no '='
std::optional<std::pair<std::string_view, std::string_view>> next_pair(std::string_view& rest) {
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = trimmed(rest.substr(0, equals));
    std::string_view value = rest.substr(equals + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    const std::size_t end = std::min(value.find_first_of(" \t"), value.size());
    rest = trimmed(value.substr(end));
    return std::pair{name, value.substr(0, end)};
}

}  // namespace

Control Control::failing() {
    Control control;
    control.set_default({Kind::bad});
    return control;
}

void Control::set_default(Reaction reaction) {
    for (std::size_t i = 0; i < pam_codes; ++i) {
        if (!named_[i]) reactions_[i] = reaction;
    }
}

bool Control::take(std::string_view name, Reaction reaction) {
    const auto* found = std::ranges::find(code_names, name);
    if (found == code_names.end()) return false;
    const auto index = static_cast<std::size_t>(found - code_names.begin());
    reactions_[index] = reaction;
    named_[index] = true;
    return true;
}

// A value that is not named and has no default counts as a failure, as in libpam.
std::optional<Control> Control::parse_bracket(std::string_view inside) {
    Control control;
    Reaction rest{Kind::bad};
    inside = trimmed(inside);
    while (!inside.empty()) {
        const auto pair = next_pair(inside);
        const auto reaction = pair ? reaction_of(lowercase_ascii(pair->second)) : std::nullopt;
        if (!reaction) return std::nullopt;
        const std::string name = lowercase_ascii(pair->first);
        if (name == "default") {
            rest = *reaction;
        } else if (!control.take(name, *reaction)) {
            return std::nullopt;
        }
    }
    control.set_default(rest);
    return control;
}

std::optional<Control> Control::parse(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']') && text.size() >= 2) {
        return parse_bracket(text.substr(1, text.size() - 2));
    }
    const auto* keyword =
        std::ranges::find(keywords, lowercase_ascii(text), [](const auto& pair) { return pair.first; });
    if (keyword == keywords.end()) return std::nullopt;
    std::optional<Control> control = parse_bracket(keyword->second);
    control->named_ = {};
    return control;
}

}  // namespace secondstep::tool
