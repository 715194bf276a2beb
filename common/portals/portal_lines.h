#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "portals/linked_portal.h"
#include "portals/portal_code.h"

// What the service tells the tool about linked portals: one line of JSON each (etc/FORMATS.md).
namespace secondstep::dialogue {

// "host", or the account.
[[nodiscard]] std::string owner_text(const std::optional<AccountName>& owner);

[[nodiscard]] Secret portal_line(const std::optional<AccountName>& owner, const LinkedPortal& portal);
[[nodiscard]] Secret code_line(const std::optional<AccountName>& owner, const LinkedPortal& portal,
                               const PortalCode& code);
[[nodiscard]] Secret wait_line(const NoCodeYet& wait);
// With the otpauth:// URI, that is, the key. Errors: invalid (names that no URI can carry).
[[nodiscard]] Result<Secret> key_line(const std::optional<AccountName>& owner, const LinkedPortal& portal);
[[nodiscard]] Secret changed_line();

}  // namespace secondstep::dialogue
