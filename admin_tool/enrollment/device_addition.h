#pragma once

#include <optional>

#include "access/owner_notice.h"
#include "access/store_session.h"
#include "enrollment/enroll_request.h"
#include "enrollment/enrollment_files.h"
#include "enrollment/new_device.h"
#include "enrollment/new_second_step.h"
#include "people/named_account.h"

namespace secondstep::tool {

// A device beside those that somebody has, inside the child that may use the store: its key is shown, a code of
// its own confirms it, and then it is stored. Recovery codes, what was used up and everything else stay as
// they are. Of two changes at once the second finds what the first has made of the record.
class DeviceAddition {
  public:
    DeviceAddition(StoreSession& session, const EnrollRequest& request, const NamedAccount& subject,
                   const EnrollmentFiles& files);

    // How the verb ends before anything is made or shown, after saying it: the person has no second step that a
    // device can stand beside, or (--if-missing) that device is there.
    [[nodiscard]] static std::optional<Exit> ends_before(const StoreSession& session,
                                                         const EnrollRequest& request,
                                                         const NamedAccount& subject);
    Exit run();

  private:
    struct Written {
        bool overtaken = false;              // what was there at the beginning is gone
        std::optional<std::string> refused;  // why it does not fit any more
        Credential credential;
        bool unconfirmed = false;
    };
    Result<Written> write(const Account& before);
    Exit commit(const Account& before);
    Exit report(const Written& written);

    StoreSession& session_;
    EnrollRequest request_;  // with what the account says: method and name
    EnrollmentTask task_;
    NewDevice device_;
    OwnerNotice notice_;
    bool stored_ = false;
};

}  // namespace secondstep::tool
