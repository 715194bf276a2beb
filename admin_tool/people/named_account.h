#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "account/account_name.h"
#include "console/exit_status.h"
#include "people/people_index.h"

namespace secondstep::tool {

// Whom a verb is about.
struct NamedAccount {
    AccountName account;               // canonical, when the machine knows it
    std::optional<PasswdEntry> entry;  // nothing: not in passwd
    [[nodiscard]] RecordName record() const { return RecordName::of(account); }
};

// Stops with usage when the name cannot be one, and unavailable when the name service could not tell.
[[nodiscard]] OrExit<NamedAccount> account_named(const std::string& name);

// "alice is not enrolled" or "there is no user alice": prints it and gives the status.
Exit complain_not_enrolled(const NamedAccount& subject);
Exit complain_unknown(std::string_view name);

}  // namespace secondstep::tool
