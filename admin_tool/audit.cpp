#include "audit.h"

#include <syslog.h>

#include <string>

#include "base/text.h"
#include "caller.h"

namespace secondstep::tool {

void audit(std::string_view verb, std::string_view account, std::string_view details) {
    std::string line = "verb=" + std::string(verb);
    if (!account.empty()) line += " account=\"" + printable(account) + "\"";
    if (!details.empty()) line += " " + std::string(details);
    line += " loginuid=" + caller().login_uid + " uid=" + std::to_string(caller().uid);
    ::openlog("secondstep", LOG_PID, LOG_AUTHPRIV);
    ::syslog(LOG_AUTHPRIV | LOG_NOTICE, "%s", line.c_str());
}

}  // namespace secondstep::tool
