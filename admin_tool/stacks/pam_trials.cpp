#include "stacks/pam_trials.h"

#include <algorithm>
#include <array>
#include <utility>

namespace secondstep::tool {

namespace {

// Modules beyond this many that could say yes or no say what they would say first.
constexpr std::size_t most_open = 12;

constexpr std::array<std::string_view, 10> password_modules{
    "pam_unix",    "pam_sss",    "pam_ldap",  "pam_krb5",         "pam_winbind",
    "pam_pwdfile", "pam_userdb", "pam_unix2", "pam_systemd_home", "pam_mysql"};

constexpr std::array<std::string_view, 31> modules_without_a_no{
    "pam_permit",    "pam_faildelay", "pam_env",     "pam_group",  "pam_cap",           "pam_mail",
    "pam_motd",      "pam_limits",    "pam_keyinit", "pam_umask",  "pam_lastlog",       "pam_loginuid",
    "pam_nologin",   "pam_securetty", "pam_selinux", "pam_shells", "pam_tally2",        "pam_echo",
    "pam_systemd",   "pam_warn",      "pam_debug",   "pam_issue",  "pam_gnome_keyring", "pam_kwallet5",
    "pam_mkhomedir", "pam_namespace", "pam_access",  "pam_time",   "pam_tty_audit",     "pam_faillock",
    "pam_sepermit"};

bool is_one_of(const auto& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

// The next combination; false after the last.
bool advance(std::vector<std::size_t>& digits, const std::vector<std::vector<PamCode>>& choices) {
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (++digits[i] < choices[i].size()) return true;
        digits[i] = 0;
    }
    return false;
}

}  // namespace

Role role_of(const StackLine& line) {
    if (line.module == "pam_secondstep") return Role::second_step;
    if (is_one_of(password_modules, line.module)) return Role::password;
    if (line.module == "pam_deny" || (line.module == "pam_faillock" && line.has("authfail"))) return Role::no;
    return is_one_of(modules_without_a_no, line.module) ? Role::yes : Role::condition;
}

Trials::Trials(std::vector<StackLine> lines, Password password)
    : lines_(std::move(lines)), password_(password) {
    std::size_t open = 0;
    for (const StackLine& line : lines_) {
        choices_.push_back(choices_of(line));
        has_password_ = has_password_ || role_of(line) == Role::password;
        if (choices_.back().size() > 1 && ++open > most_open) choices_.back().resize(1);
    }
}

// With two directories of people, the one that does not know the name says user_unknown.
std::vector<PamCode> Trials::choices_of(const StackLine& line) const {
    switch (role_of(line)) {
        case Role::second_step:
            return {PamCode::ignore};  // the walk's own
        case Role::password:
            return {password_ == Password::wrong ? PamCode::auth_err : PamCode::success,
                    PamCode::user_unknown};
        case Role::yes:
            return {PamCode::success};
        case Role::no:
            return {PamCode::auth_err};
        case Role::condition:
            break;
    }
    return {PamCode::auth_err, PamCode::success};
}

Walk Trials::walked(Outcomes outcomes, PamCode second_step) const {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (role_of(lines_[i]) == Role::second_step) outcomes[i] = second_step;
    }
    return walk(lines_, outcomes);
}

bool Trials::fits(const Outcomes& outcomes, const Walk& walk) const {
    if (password_ == Password::any) return true;
    if (password_ == Password::unasked) {
        return has_password_ && std::ranges::none_of(walk.called, [this](std::size_t i) {
                   return role_of(lines_[i]) == Role::password;
               });
    }
    const PamCode wanted = password_ == Password::right ? PamCode::success : PamCode::auth_err;
    const bool said = std::ranges::any_of(walk.called, [&](std::size_t i) {
        return role_of(lines_[i]) == Role::password && outcomes[i] == wanted;
    });
    return said || (password_ == Password::right && !has_password_);
}

bool Trials::some(PamCode second_step, const Question& holds) const {
    std::vector<std::size_t> digits(lines_.size());
    do {
        Outcomes outcomes(lines_.size());
        for (std::size_t i = 0; i < lines_.size(); ++i)
            outcomes[i] = choices_[i][digits[i]];
        const Walk walk = walked(outcomes, second_step);
        if (fits(outcomes, walk) && holds(outcomes, walk)) return true;
    } while (advance(digits, choices_));
    return false;
}

}  // namespace secondstep::tool
