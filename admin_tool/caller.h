#pragma once

#include <sys/types.h>

#include <string>

namespace secondstep::tool {

// Who started the tool.
struct Caller {
    uid_t uid = 0;
    std::string login_uid;  // survives su and sudo; "unset" (a cron job), or "unknown"
};

// Notes it before the tool takes other ids. Called once by main.
void remember_caller();
[[nodiscard]] const Caller& caller();

// The login name of the login uid, or of the uid where there is none; "uid 1234" for one without a name.
[[nodiscard]] std::string caller_name();
// As people are told who changed their second step: "the administrator alice".
[[nodiscard]] std::string administrator();

}  // namespace secondstep::tool
