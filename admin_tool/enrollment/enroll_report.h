#pragma once

#include <optional>
#include <string>
#include <vector>

#include "account/credential.h"
#include "base/secret.h"
#include "console/output.h"
#include "enrollment/enroll_request.h"
#include "people/named_account.h"
#include "store/account_store.h"

namespace secondstep::tool {

// What `enroll` says and logs.

void show_header(Output& screen, const NamedAccount& subject, const EnrollRequest& request);
// What is replaced.
struct StepBefore {
    Method method = Method::totp;
    std::string devices{};  // their names, where there were several
};
void show_success(Output& screen, const EnrollRequest& request, const std::optional<StepBefore>& before);
// What somebody with an address for codes depends on; nothing with an app.
void show_what_matters(Output& screen, const std::string& account, const EnrollRequest& request);
void log_enrollment(const std::string& account, Method method, bool replaced, bool confirmed);

[[nodiscard]] std::string unchanged_json(const std::string& account, const Account& present);
// With the key and the codes, in a Secret.
[[nodiscard]] Secret enrollment_json(const std::string& account, const EnrollRequest& request,
                                     const std::string& label, const Secret& uri,
                                     const Authenticator& authenticator, const std::vector<Secret>& codes);
// The same of a device that was added to others, whose names are `devices`.
[[nodiscard]] Secret addition_json(const std::string& account, const EnrollRequest& request,
                                   const std::string& label, const Secret& uri,
                                   const Authenticator& authenticator,
                                   const std::vector<std::string>& devices);
// With the codes and the masked address.
[[nodiscard]] Secret address_json(const std::string& account, const EnrollRequest& request,
                                  const std::vector<Secret>& codes);

}  // namespace secondstep::tool
