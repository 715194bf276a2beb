#include "audit.h"

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view unset_login_uid = "4294967295";

struct Caller {
    uid_t uid = 0;
    std::string login_uid;
};

Caller& caller() {
    static Caller value;
    return value;
}

std::string read_login_uid() {
    const UniqueFd file(::open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return "unknown";
    const auto content = read_whole(file.get(), 64);
    if (!content) return "unknown";
    std::string text(content->begin(), content->end());
    return text == unset_login_uid ? "unset" : printable(text);
}

}  // namespace

void remember_caller() {
    caller() = {::getuid(), read_login_uid()};
}

void audit(std::string_view verb, std::string_view account, std::string_view details) {
    std::string line = "verb=" + std::string(verb);
    if (!account.empty()) line += " account=\"" + printable(account) + "\"";
    if (!details.empty()) line += " " + std::string(details);
    line += " loginuid=" + caller().login_uid + " uid=" + std::to_string(caller().uid);
    ::openlog("secondstep", LOG_PID, LOG_AUTHPRIV);
    ::syslog(LOG_AUTHPRIV | LOG_NOTICE, "%s", line.c_str());
}

}  // namespace secondstep::tool
