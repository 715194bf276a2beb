#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "access/owner_notice.h"
#include "access/store_session.h"
#include "enrollment/enroll_report.h"
#include "enrollment/enroll_request.h"
#include "enrollment/enrollment.h"
#include "enrollment/enrollment_files.h"
#include "enrollment/new_second_step.h"
#include "people/named_account.h"

namespace secondstep::tool {

// One enrollment, inside the child that may use the store.
class EnrollmentRun {
  public:
    EnrollmentRun(StoreSession& session, const EnrollRequest& request, const NamedAccount& subject,
                  const EnrollmentFiles& files)
        : task_{session, request, subject, files, request.json ? err() : out()},
          session_(session),
          notice_(session, subject.account.text()) {
        new_ = second_step_for(task_);
    }

    Exit run();

  private:
    [[nodiscard]] const std::string& name() const { return task_.name(); }
    [[nodiscard]] static std::unique_ptr<NewSecondStep> second_step_for(const EnrollmentTask& task);
    Exit add_recovery_codes();
    [[nodiscard]] Credential credential_with(RecoverySet recovery) const;
    OrExit<void> save_codes(const std::vector<Secret>& codes) const;
    Exit commit(const dialogue::NewRecoverySet& recovery);
    enum class Written { stored, overtaken };
    Result<Written> write(const Credential& credential);
    Exit report(const dialogue::NewRecoverySet& recovery);
    Exit show(const std::vector<Secret>& codes);

    EnrollmentTask task_;
    StoreSession& session_;
    std::unique_ptr<NewSecondStep> new_;
    OwnerNotice notice_;
    bool stored_ = false;
    bool unconfirmed_ = false;  // see WriteOutcome
    std::optional<StepBefore> before_;
};

// Whether there is nothing to be done, and how the verb ends then, after saying it: the person is enrolled and is
// not to be replaced, or their record cannot be read. To be asked before anything of the caller's is touched:
// a file that is in the way is no reason to fail where nothing would be written to it.
[[nodiscard]] std::optional<Exit> ends_before_enrolling(const StoreSession& session,
                                                        const EnrollRequest& request,
                                                        const NamedAccount& subject);

}  // namespace secondstep::tool
