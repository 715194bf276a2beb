#pragma once

#include <string>
#include <vector>

#include "account/credential.h"
#include "base/secret.h"
#include "enroll_request.h"
#include "output.h"
#include "store/account_store.h"
#include "subject.h"

namespace secondstep::tool {

// What `enroll` says and logs.

void show_header(Output& screen, const Subject& subject, const EnrollRequest& request);
void show_success(Output& screen, const EnrollRequest& request, bool replaced);
void log_enrollment(const std::string& account, Method method, bool replaced, bool confirmed);

[[nodiscard]] std::string unchanged_json(const std::string& account, Method method);
// With the key and the codes, in a Secret.
[[nodiscard]] Secret enrollment_json(const std::string& account, const EnrollRequest& request,
                                     const std::string& label, const Secret& uri,
                                     const Authenticator& authenticator, const std::vector<Secret>& codes);

}  // namespace secondstep::tool
