#pragma once

#include <string>
#include <vector>

#include "access/store_session.h"
#include "account/credential.h"
#include "base/secret.h"
#include "console/exit_status.h"
#include "console/json_text.h"
#include "console/output.h"
#include "enrollment/enroll_request.h"
#include "enrollment/enrollment_files.h"
#include "people/named_account.h"

namespace secondstep::tool {

// Who is enrolled with what, inside the child that may use the store.
struct EnrollmentTask {
    StoreSession& session;
    const EnrollRequest& request;
    const NamedAccount& subject;
    const EnrollmentFiles& files;
    Output& screen;  // for people

    [[nodiscard]] const std::string& name() const { return subject.account.text(); }
    // Nobody reads along, and what goes to stderr ends in logs: keys stand in the JSON only.
    [[nodiscard]] bool for_a_script() const { return request.json && !request.confirm; }
};

// What one enrollment gives an account: NewDevice (totp, hotp) or AddressEnrollment (mail, sms).
class NewSecondStep {
  public:
    NewSecondStep() = default;
    NewSecondStep(const NewSecondStep&) = delete;
    NewSecondStep& operator=(const NewSecondStep&) = delete;
    virtual ~NewSecondStep() = default;

    // Shows it and, unless the request says otherwise, asks for a code that proves that its owner has it.
    // Stores no credential. Stops after saying why it was not confirmed. `before`: the account as it stands.
    [[nodiscard]] virtual OrExit<void> prepare(const Account& before) = 0;
    virtual void put_into(Credential& credential) const = 0;
    // The result for a program.
    [[nodiscard]] virtual OrExit<Secret> json(const std::vector<Secret>& codes) const = 0;
};

}  // namespace secondstep::tool
