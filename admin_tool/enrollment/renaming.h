#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "access/owner_notice.h"
#include "access/store_session.h"
#include "account/account_name.h"
#include "console/arguments.h"
#include "console/exit_status.h"
#include "console/output.h"
#include "enrollment/portal_owner.h"
#include "otp/typed_answer.h"
#include "people/named_account.h"
#include "people/people_index.h"

namespace secondstep::tool {

struct RenameRequest {
    AccountName before;
    std::optional<PasswdEntry> has_old_name;  // who is found by it now
    NamedAccount now;
    bool same_person = false;
    std::optional<std::uint64_t> said_uid;
    bool json = false;

    // Stops with usage, or unavailable when the name service could not tell.
    [[nodiscard]] static OrExit<RenameRequest> from(const Arguments& arguments);
    [[nodiscard]] std::optional<uid_t> uid() const;
    // The account has its name, and another uid than before.
    [[nodiscard]] bool is_about_the_uid() const { return before == now.account; }
};

// Somebody's second step goes on under the name, or with the uid, that their account has now.
class Renaming {
  public:
    Renaming(const StoreSession& session, const RenameRequest& request);
    Exit run();

  private:
    [[nodiscard]] OrExit<void> check(const Credential& credential) const;
    [[nodiscard]] OrExit<void> check_uid(const Credential& credential) const;
    [[nodiscard]] OrExit<void> check_portals(const PortalStore& portals) const;
    [[nodiscard]] OrExit<void> prove(const Credential& credential);
    [[nodiscard]] Result<bool> judge_code(const dialogue::TypedAnswer& typed);
    [[nodiscard]] Result<void> commit(const PortalStore& portals) const;
    [[nodiscard]] Result<Kept> change_before(const Decide& decide) const;
    [[nodiscard]] Result<void> change_uid() const;
    [[nodiscard]] PortalOwner portal_owner() const;
    Exit begin(const PortalStore& portals);
    Exit complete(const PortalStore& portals);
    [[nodiscard]] const std::string& old_name() const { return request_.before.text(); }
    [[nodiscard]] const std::string& new_name() const { return request_.now.account.text(); }

    const StoreSession& session_;
    const RenameRequest& request_;
    Output& screen_;
    OwnerNotice notice_;
    std::string proof_ = "code";
    std::optional<std::optional<uid_t>> uid_before_;
};

}  // namespace secondstep::tool
