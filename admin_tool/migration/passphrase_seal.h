#pragma once

#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::tool {

// What is moved out, sealed so that every OpenSSL opens it, without us:
//   openssl cms -decrypt -inform PEM -in FILE -pwri_password PASSPHRASE
// CMS (RFC 5652) in PEM: AuthEnvelopedData (RFC 5083) with AES-256-GCM, so that what was changed
// does not open; its key is wrapped (RFC 3211) by one made of the passphrase with PBKDF2,
// 600,000 rounds. Errors: crypto.
[[nodiscard]] Result<Secret> seal_with_passphrase(const Secret& plain, const Secret& passphrase);

[[nodiscard]] bool is_sealed_with_passphrase(std::string_view text);
// Errors: damaged (another passphrase, or it was changed; that cannot be told apart).
[[nodiscard]] Result<Secret> open_with_passphrase(const Secret& sealed, const Secret& passphrase);

}  // namespace secondstep::tool
