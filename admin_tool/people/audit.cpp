#include "people/audit.h"

#include <syslog.h>

#include <string>

#include "base/text.h"
#include "people/invoker.h"

namespace secondstep::tool {

namespace {

// A value cannot end its field, or begin another.
std::string in_quotes(std::string_view value) {
    std::string quoted = "\"";
    for (const char c : printable(value)) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::string actor() {
    const Invoker& who = invoker();
    std::string fields =
        "by=" + in_quotes(caller_name()) + " loginuid=" + who.login_uid + " uid=" + std::to_string(who.uid);
    const auto add = [&fields](std::string_view key, const std::string& value) {
        if (value.empty()) return;
        const bool bare = value.find_first_of(" =\"\\") == std::string::npos;
        fields.append(" ").append(key).append("=").append(bare ? value : in_quotes(value));
    };
    add("sudo_user", who.sudo_user);
    add("sudo_uid", who.sudo_uid);
    add("pkexec_uid", who.pkexec_uid);
    return fields;
}

}  // namespace

std::string field(std::string_view value) {
    return in_quotes(value);
}

void audit(std::string_view verb, std::string_view account, std::string_view details) {
    std::string line = "verb=" + std::string(verb);
    if (!account.empty()) line += " account=" + in_quotes(account);
    if (!details.empty()) line += " " + std::string(details);
    line += " " + actor();
    ::openlog("secondstep", LOG_PID, LOG_AUTHPRIV);
    ::syslog(LOG_AUTHPRIV | LOG_NOTICE, "%s", line.c_str());
}

}  // namespace secondstep::tool
