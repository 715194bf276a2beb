#pragma once

#include <optional>
#include <string>

#include "account/account_name.h"
#include "portals/portal_store.h"

namespace secondstep::tool {

// Somebody's name or uid as linked portals know it, before and after their account was renamed.
struct PortalOwner {
    AccountName before;
    AccountName now;
    std::optional<uid_t> uid;  // now
    // What they had before, where that is known: what is of another uid is somebody else's.
    std::optional<std::optional<uid_t>> uid_before;
    // Who has the old name now, if anybody: what is theirs stays theirs.
    std::optional<uid_t> next_of_the_name;
};

// Why what both names have cannot be put together. Returns nullopt if it can.
[[nodiscard]] Result<std::optional<std::string>> obstacle(const PortalStore& store, const PortalOwner& owner);
// What they own, and what they may read of others. Can be repeated.
// Errors: as PortalStore::begin, busy among them.
[[nodiscard]] Result<void> move_portals(const PortalStore& store, const PortalOwner& owner);

}  // namespace secondstep::tool
