#pragma once

#include <optional>

#include "account/account_name.h"
#include "accounts/account_row.h"
#include "people/people_index.h"
#include "store/account_store.h"

namespace secondstep::tool {

// For a row that says "off": logins of the account are unavailable when there is such a record.
void apply_earlier_record(AccountRow& row, const AccountStore& store, const AccountName& account,
                          const std::optional<PasswdEntry>& entry);

}  // namespace secondstep::tool
