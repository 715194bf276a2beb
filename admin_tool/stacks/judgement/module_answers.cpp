#include "stacks/judgement/module_answers.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "stacks/pam_walk.h"

namespace secondstep::tool {

namespace {

using enum PamCode;
using Codes = std::vector<PamCode>;

constexpr std::array<std::string_view, 14> directories{
    "pam_unix",   "pam_unix2", "pam_sss",   "pam_sss_gss",      "pam_ldap", "pam_winbind", "pam_pwdfile",
    "pam_userdb", "pam_mysql", "pam_pgsql", "pam_systemd_home", "pam_tcb",  "pam_authd",   "pam_himmelblau"};
constexpr std::array<std::string_view, 5> other_passwords{"pam_krb5", "pam_krb5_migrate", "pam_radius_auth",
                                                          "pam_tacplus", "pam_smbpass"};
constexpr std::array<std::string_view, 12> strong_alone{
    "pam_u2f", "pam_fprintd", "pam_fprint",     "pam_thinkfinger", "pam_howdy",   "pam_pkcs11",
    "pam_p11", "pam_yubico",  "pam_himmelblau", "pam_authd",       "pam_sss_gss", "pam_ssh_agent_auth"};

// Seen of Linux-PAM 1.5.2, each module called alone: these answer PAM_IGNORE to pam_authenticate.
constexpr std::array<std::string_view, 9> silent_in_auth{"pam_env",   "pam_faildelay", "pam_group",
                                                         "pam_issue", "pam_keyinit",   "pam_mail",
                                                         "pam_warn",  "pam_sepermit",  "pam_cap"};
// These have no function for the part, and libpam answers module_unknown.
constexpr std::array<std::string_view, 12> without_auth{
    "pam_limits", "pam_loginuid",  "pam_systemd", "pam_motd",  "pam_namespace", "pam_mkhomedir",
    "pam_umask",  "pam_tty_audit", "pam_time",    "pam_xauth", "pam_setquota",  "pam_pwhistory"};
constexpr std::array<std::string_view, 16> without_account{
    "pam_limits",    "pam_systemd", "pam_motd",     "pam_namespace", "pam_mkhomedir", "pam_umask",
    "pam_tty_audit", "pam_xauth",   "pam_setquota", "pam_pwhistory", "pam_faildelay", "pam_group",
    "pam_keyinit",   "pam_mail",    "pam_issue",    "pam_selinux"};
// Keep something for the session, and say yes or nothing.
constexpr std::array<std::string_view, 9> keepers{"pam_cap",      "pam_gnome_keyring", "pam_kwallet",
                                                  "pam_kwallet5", "pam_ecryptfs",      "pam_mount",
                                                  "pam_ssh_add",  "pam_lastlog",       "pam_afs_session"};
// Judge where, when, what kind of account; ask nobody.
constexpr std::array<std::string_view, 19> circumstances{
    "pam_rootok",    "pam_succeed_if", "pam_listfile",     "pam_localuser", "pam_access",
    "pam_time",      "pam_wheel",      "pam_nologin",      "pam_securetty", "pam_shells",
    "pam_usertype",  "pam_exec",       "pam_tally2",       "pam_tally",     "pam_faillock",
    "pam_timestamp", "pam_ftp",        "pam_cockpit_cert", "pam_abl"};

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

Codes second_step_answers(Facility facility) {
    if (facility == Facility::account) return {success, ignore, perm_denied, authinfo_unavail, service_err};
    return {success, ignore, auth_err, conv_err, authinfo_unavail, service_err, system_err, buf_err};
}

Codes circumstance_answers(const StackLine& line) {
    if (line.module == "pam_nologin" && !line.has("successok")) return {ignore, auth_err};
    if (line.module == "pam_wheel" && !line.has("trust")) return {ignore, perm_denied};
    if (line.module == "pam_access" || line.module == "pam_localuser" || line.module == "pam_time")
        return {success, perm_denied};
    return {success, auth_err};
}

// Arguments by which a module that is asked says nothing: its server is away, the person has no token.
bool may_be_silent(const StackLine& line) {
    constexpr std::array<std::string_view, 8> arguments{
        "localifdown", "ignore_unknown_user", "ignore_authinfo_unavail", "nullok",
        "nouserok",    "ignore_root",         "enroll_ignore",           "user_unknown=ignore"};
    if (judges_passwords(line) && line.has("nullok")) return false;  // an empty password, which is a yes
    return std::ranges::any_of(arguments, [&line](std::string_view argument) { return line.has(argument); });
}

Codes factor_answers(const StackLine& line) {
    Codes codes{success};
    if (line.facility == Facility::account) {
        codes.insert(codes.end(),
                     {new_authtok_reqd, acct_expired, user_unknown, perm_denied, auth_err, authinfo_unavail});
        if (!judges_passwords(line) || may_be_silent(line)) codes.push_back(ignore);
        return codes;
    }
    codes.insert(codes.end(),
                 {auth_err, user_unknown, authinfo_unavail, maxtries, acct_expired, perm_denied});
    if (may_be_silent(line)) codes.push_back(ignore);
    return codes;
}

// pam_faillock(8), and its source: authfail counts, and then says nothing; of people who are not local it is told to say
// yes. authsucc clears.
std::optional<Codes> faillock_answer(const StackLine& line) {
    if (line.module != "pam_faillock") return std::nullopt;
    if (line.has("authfail"))
        return line.has("local_users_only") ? Codes{ignore, auth_err, success} : Codes{ignore, auth_err};
    if (line.has("authsucc")) return Codes{success};
    return std::nullopt;
}

bool has_no_function(const StackLine& line) {
    return line.facility == Facility::auth ? is_one_of(without_auth, line.module)
                                           : is_one_of(without_account, line.module);
}

std::optional<Codes> settled_answer(const StackLine& line) {
    const bool is_auth = line.facility == Facility::auth;
    if (line.module == "pam_permit") return Codes{success};
    if (line.module == "pam_deny") return Codes{auth_err};
    if (auto codes = faillock_answer(line)) return codes;
    if (has_no_function(line)) return Codes{answer_of_missing};
    if (is_auth && line.module == "pam_selinux") return Codes{auth_err};
    if (line.module == "pam_echo") return Codes{success, ignore};
    if (is_one_of(keepers, line.module)) return Codes{ignore, success};
    if (!is_one_of(silent_in_auth, line.module)) return std::nullopt;
    return is_auth ? Codes{ignore} : Codes{ignore, success};
}

}  // namespace

Nature nature_of(const StackLine& line) {
    if (line.module == "pam_secondstep") return Nature::second_step;
    if (settled_answer(line)) return Nature::settled;
    // Given the password it judges that: a check of somebody's own.
    if (line.module == "pam_exec" && line.has("expose_authtok")) return Nature::factor;
    return is_one_of(circumstances, line.module) ? Nature::circumstance : Nature::factor;
}

bool is_second_step(const StackLine& line) {
    return line.kind == StackLine::Kind::module && nature_of(line) == Nature::second_step;
}

// Says yes to nearly everybody, and refuses who is locked, or has no shell.
bool is_gate(const StackLine& line) {
    constexpr std::array<std::string_view, 7> gates{"pam_faillock", "pam_tally2",   "pam_tally",
                                                    "pam_shells",   "pam_usertype", "pam_nologin",
                                                    "pam_securetty"};
    return nature_of(line) == Nature::circumstance && is_one_of(gates, line.module);
}

bool counts_failures(const StackLine& line) {
    if (line.module == "pam_faillock") return line.has("authfail");
    return line.facility == Facility::auth && (line.module == "pam_tally2" || line.module == "pam_tally");
}

bool judges_passwords(const StackLine& line) {
    return is_directory(line) || is_one_of(other_passwords, line.module);
}

// sss_pam(8): with these arguments a smart card is asked for, and no password.
bool asks_for_a_card(const StackLine& line) {
    return line.module == "pam_sss" &&
           (line.has("require_cert_auth") || line.has("try_cert_auth") || line.has("allow_missing_name"));
}

bool is_directory(const StackLine& line) {
    return is_one_of(directories, line.module) && !asks_for_a_card(line);
}

bool is_strong_alone(const StackLine& line) {
    return is_one_of(strong_alone, line.module) || asks_for_a_card(line);
}

std::vector<PamCode> answers_of(const StackLine& line) {
    if (line.is_missing) return {answer_of_missing};
    switch (nature_of(line)) {
        case Nature::second_step:
            return second_step_answers(line.facility);
        case Nature::settled:
            return *settled_answer(line);
        case Nature::circumstance:
            return circumstance_answers(line);
        case Nature::factor:
            break;
    }
    return factor_answers(line);
}

bool is_no(PamCode code) {
    return code != success && code != ignore && code != new_authtok_reqd;
}

}  // namespace secondstep::tool
