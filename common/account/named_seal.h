#pragma once

#include <string_view>

#include "account/keyring.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/randomness.h"
#include "base/secret.h"

namespace secondstep {

// seal() and unseal() of seal.h for what is no account's: bound to `name`, whose first part no RecordName has
// ("fleet/hosts/web01"). Errors: as theirs.
[[nodiscard]] Result<Bytes> seal_named(const Secret& plain, std::string_view name, const Keyring& ring,
                                       Randomness& randomness);
[[nodiscard]] Result<Secret> unseal_named(ByteView sealed, std::string_view name, const Keyring& ring);

}  // namespace secondstep
