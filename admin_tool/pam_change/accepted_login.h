#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace secondstep::tool {

// What a change has to be followed by before it may be kept.
struct LoginWanted {
    std::string service;
    UnixTime since{};
    bool verdict = true;  // secondstepd accepted somebody for this service
    // pam_unix opened a session of it, after the verdict: a verdict alone says nothing about the lines behind the code,
    // and `secondstep try --service` makes one without any login.
    bool session = true;
    unsigned service_uid = 0;  // under which secondstepd runs, beside 0
};

// One line of the log, as far as it can be known who wrote it.
struct LogLine {
    std::chrono::microseconds time{};  // or its place in a file, which has an order too
    bool by_service = false;  // secondstepd, by what the kernel says of the sender; in a file, by its name
    bool by_root = false;     // root, or a set-uid program of root's
    std::string message;
};

// Whether these lines show it. Words that somebody outside chose stand in quotes and cannot pass for others.
[[nodiscard]] bool shows(const std::vector<LogLine>& lines, const LoginWanted& wanted);

// `journalctl -o json`: an object a line. What is none is left out. `service_uid` as above.
[[nodiscard]] std::vector<LogLine> lines_of_journal(std::string_view json, unsigned service_uid);
// /var/log/auth.log from `offset` on: whoever may write to the system log can forge these.
[[nodiscard]] std::vector<LogLine> lines_of_file(std::string_view text);

// Where the log ends now, for PendingChange::log: "journal", "/var/log/auth.log INODE SIZE", or "none".
[[nodiscard]] std::string end_of_log();
// Looks there. Errors: not_found (there is no log to look at), io.
[[nodiscard]] Result<bool> login_is_logged(const std::string& log, const LoginWanted& wanted);

}  // namespace secondstep::tool
