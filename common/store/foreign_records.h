#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "account/account_name.h"
#include "account/state.h"
#include "store/store_context.h"
#include "store/store_directories.h"

namespace secondstep {

// The key that a record's files were written with, when it is not in the ring: no login works until host.key
// is restored. Of files that cannot be read nothing is said here; reading the record says it.
[[nodiscard]] std::optional<KeyId> foreign_key(int folder, const RecordName& name,
                                               const StoreContext& context);

// Moves every record of an account, all linked portals, and the fleet, whose key is not in the ring to
// aside/KEY/users, aside/KEY/portals and aside/KEY/fleet below the store. Nothing is deleted or replaced: with that key the
// files can be moved back. Their names are not enrolled any more. After a kill the rest is moved by the next
// call. The number of accounts. Errors: exists (a file of that name was moved aside before), io.
[[nodiscard]] Result<std::size_t> move_foreign_records(const StoreDirectories& directories,
                                                       const StoreContext& context);

}  // namespace secondstep
