#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace secondstep::tool {

// Who started the tool.
struct Invoker {
    uid_t uid = 0;
    std::string login_uid;  // survives su and sudo; "unset" (a cron job), or "unknown"
    // What sudo and pkexec say of who called them, cleaned; empty: nothing. Whoever is root already may say
    // what they like here, which nobody may of the login uid.
    std::string sudo_user;
    std::string sudo_uid;
    std::string pkexec_uid;
    std::optional<uid_t> became_root_from{};  // by sudo or pkexec; never 0
};

// Notes it before the tool takes other ids. Called once by main.
void remember_invoker();
[[nodiscard]] const Invoker& invoker();

// The login name of the login uid; where there is none (a container, a daemon's child) of who called sudo or
// pkexec, and else of the uid. "uid 1234" for one without a name.
[[nodiscard]] std::string caller_name();
// As people are told who changed their second step: "the administrator alice".
[[nodiscard]] std::string administrator();

}  // namespace secondstep::tool
