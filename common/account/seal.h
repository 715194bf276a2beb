#pragma once

#include <cstddef>

#include "account/account_name.h"
#include "account/keyring.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/randomness.h"
#include "base/secret.h"

namespace secondstep {

inline constexpr std::size_t max_sealed_size = 131072;       // of anything
inline constexpr std::size_t max_sealed_credential = 16384;  // of a credential, which every login reads

// AES-256-GCM; key = HKDF-SHA256(key of the ring, fresh 128-bit salt, "credential"),
// so a nonce is never used twice with a key; associated data = format, NAME, key id:
// a credential copied to another name does not open.
[[nodiscard]] Result<Bytes> seal(const Secret& plain, const RecordName& name, const Keyring& ring,
                                 Randomness& randomness);
// Of the beginning of a sealed file, without opening it: which key would. Errors: damaged, unsupported.
[[nodiscard]] Result<KeyId> key_id_of_sealed(ByteView beginning);
// Errors: damaged (cut, changed, or of another name), unsupported (newer format), not_found (a key that is
// not in the ring: restore host.key), crypto.
[[nodiscard]] Result<Secret> unseal(ByteView sealed, const RecordName& name, const Keyring& ring);

}  // namespace secondstep
