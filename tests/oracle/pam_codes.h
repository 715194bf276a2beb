#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace secondstep::testing {

// Every value that a module can return, by its number in <security/_pam_types.h>, with the words of pam.conf(5).
inline constexpr std::array<std::string_view, 32> pam_code_names{"success",
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

// What pam_debug makes of its arguments, and pam_recorder: "auth=perm_denied" is the answer to `event` "auth=". The
// first argument about the event counts; nothing if it names no value.
template <typename Arguments>
std::optional<int> answer_in(const Arguments& arguments, std::string_view event) {
    for (const std::string_view argument : arguments) {
        if (!argument.starts_with(event)) continue;
        const auto* found = std::ranges::find(pam_code_names, argument.substr(event.size()));
        if (found == pam_code_names.end()) return std::nullopt;
        return static_cast<int>(found - pam_code_names.begin());
    }
    return std::nullopt;
}

}  // namespace secondstep::testing
