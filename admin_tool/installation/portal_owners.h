#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "installation/diagnosis.h"
#include "portals/linked_portal.h"
#include "portals/portal_store.h"

namespace secondstep::tool {

// Whose portals may be somebody else's: a portal is kept for a name and a uid, and userdel followed by
// useradd gives both to the next person.

// When the passwords of the accounts of /etc/shadow were set, as root's tool can read it; others get none.
using PasswordAges = std::map<std::string, UnixTime>;
[[nodiscard]] PasswordAges password_ages();

struct Owner {
    bool exists = true;
    std::optional<UnixTime> home_made;     // when its home was made
    std::optional<UnixTime> password_set;  // looked at where there is no home
};
// Returns nullopt if there is no doubt. Pure.
[[nodiscard]] std::optional<Diagnosis> doubt_about(const LinkedPortals& portals, const Owner& owner);

void check_portals(const PortalStore& store, const PasswordAges& passwords, Diagnoses& findings);

}  // namespace secondstep::tool
