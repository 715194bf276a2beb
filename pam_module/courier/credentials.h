#pragma once

#include <sys/types.h>

#include <string>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::courier {

// /etc/secondstep/courier.credentials: lines "key = value" with the keys mail_user, mail_password, sms_user,
// sms_password; '#' begins a remark at the start of a line. A regular file, mode 0400 or 0600, of the
// courier's account or root.
struct Credentials {
    std::string mail_user;
    Secret mail_password;
    std::string sms_user;
    Secret sms_password;
};

// No such file: no credentials, which is not an error. Errors: untrusted,
// invalid (FILE:LINE, never the value), io.
[[nodiscard]] Result<Credentials> load_credentials(const std::string& path, uid_t owner);

[[nodiscard]] Result<Credentials> parse_credentials(std::string_view text, const std::string& name);

}  // namespace secondstep::courier
