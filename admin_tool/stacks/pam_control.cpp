#include "stacks/pam_control.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "stacks/pam_word.h"

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

// In libpam an action is a number: what it counts down from 0, and jumps upwards.
constexpr std::array<std::pair<std::string_view, Kind>, 6> actions{{{"ignore", Kind::ignore},
                                                                    {"ok", Kind::ok},
                                                                    {"done", Kind::done},
                                                                    {"bad", Kind::bad},
                                                                    {"die", Kind::die},
                                                                    {"reset", Kind::reset}}};

}  // namespace

// "success=ok default=die" from left to right; each word ends where it has been told from the others, so that
// "success=okdefault=die" is the same.
class ControlReader {
  public:
    ControlReader(std::string_view text, const LibpamRules& rules) : rest_(text), rules_(rules) {}

    std::optional<Control> read() {
        while (skip_blanks()) {
            const std::optional<std::size_t> code = take_code();
            if (!code || !take_equals()) return std::nullopt;
            const std::optional<Setting> setting = take_action();
            if (!setting) return std::nullopt;
            set(*code, *setting);
        }
        set(pam_codes, Reaction{Kind::bad});
        for (std::size_t i = 0; i < pam_codes; ++i) {
            control_.reactions_[i] = *settings_[i];
        }
        return control_;
    }

  private:
    // Nothing: as if nothing had been said of the value yet.
    using Setting = std::optional<Reaction>;

    // False at the end. isspace(3) of the C locale.
    bool skip_blanks() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n\v\f\r"), rest_.size()));
        return !rest_.empty();
    }

    bool take(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }

    // pam_codes: "default"
    std::optional<std::size_t> take_code() {
        for (std::size_t i = 0; i < pam_codes; ++i) {
            if (take(code_names[i])) return i;
        }
        return take("default") ? std::optional(pam_codes) : std::nullopt;
    }

    bool take_equals() { return skip_blanks() && take("=") && skip_blanks(); }

    std::optional<Setting> take_action() {
        for (const auto& [word, kind] : actions) {
            if (take(word)) return Reaction{kind};
        }
        return take_jump();
    }

    std::optional<Setting> take_jump() {
        std::uint64_t number = 0;
        const std::size_t digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
        constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
        for (const char digit : rest_.substr(0, digits)) {
            number = number * 10 + static_cast<std::uint64_t>(digit - '0');
            if (rules_.since_1_6 && number > most) return std::nullopt;
            number &= 0xFFFFFFFFU;  // an int, before 1.6.0
        }
        rest_.remove_prefix(digits);
        if (number == 0) return std::nullopt;
        if (number <= most) return Reaction{Kind::jump, static_cast<unsigned>(number)};
        return wrapped(0x100000000U - number);
    }

    // `below` 0: -1 is "ok", and so on; the number after the last action stands for nothing said yet.
    static Setting wrapped(std::uint64_t below) {
        if (below < actions.size()) return Reaction{actions[below].second};
        if (below == actions.size()) return std::nullopt;
        return Reaction{Kind::jump, 0};
    }

    void set(std::size_t code, Setting setting) {
        if (code < pam_codes) {
            settings_[code] = setting;
            control_.named_[code] = true;
            return;
        }
        for (Setting& each : settings_) {
            if (!each) each = setting;
        }
    }

    std::string_view rest_;
    const LibpamRules& rules_;
    Control control_;
    std::array<Setting, pam_codes> settings_{};
};

Control Control::failing() {
    Control control;
    control.reactions_.fill({Kind::bad});
    return control;
}

std::optional<Control> Control::of_value(std::string_view value, const LibpamRules& rules) {
    for (const auto& [keyword, meaning] : keywords) {
        if (!is_word(value, keyword)) continue;
        std::optional<Control> control = ControlReader(meaning, rules).read();
        control->named_ = {};
        return control;
    }
    return ControlReader(value, rules).read();
}

std::optional<Control> Control::parse(std::string_view text, const LibpamRules& rules) {
    const std::vector<PamWord> words = pam_words(text);
    if (words.size() != 1 || (text.starts_with('[') && !text.ends_with(']'))) return std::nullopt;
    return of_value(words.front().value, rules);
}

std::string_view to_text(PamCode code) {
    return code_names[static_cast<std::size_t>(code)];
}

}  // namespace secondstep::tool
