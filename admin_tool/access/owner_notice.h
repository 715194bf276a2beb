#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/store_session.h"
#include "account/credential.h"
#include "delivery/address.h"

namespace secondstep::tool {

// What the owner of an account is told by mail or SMS when an administrator has changed the second step: at
// the address on file before the change and, where that is another one, at the one on file after it.
class OwnerNotice {
  public:
    OwnerNotice(const StoreSession& session, std::string user) : session_(session), user_(std::move(user)) {}

    // The account as it was, or as it is; nothing: it has no second step, or one that cannot be read.
    void add_address_of(const std::optional<Credential>& credential);

    // Waits at most three seconds for the courier's word. A notice that is known not to have left is mentioned
    // in one line on stderr, and does not fail the verb;
    // not even that is said where nobody has set up a courier and the account does not need one.
    void tell(Change change) const;

  private:
    [[nodiscard]] bool nobody_delivers() const;

    const StoreSession& session_;
    std::string user_;
    std::vector<delivery::Address> to_;
    bool has_own_address_ = false;
};

}  // namespace secondstep::tool
