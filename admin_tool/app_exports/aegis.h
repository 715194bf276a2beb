#pragma once

#include "app_exports/json_format.h"

namespace secondstep::tool {

// Vaults of Aegis: version 1 of the file with version 1 to 3 of the content, plain, or encrypted with a password.
// beemdevelopment/Aegis docs/vault.md. What is encrypted: a password slot gives the master key (scrypt, then
// AES-256-GCM), which opens the content (AES-256-GCM). Slots of another kind belong to one telephone. Of the
// types totp, hotp and steam are read; motp and yandex are named.
// A cost of scrypt over 16 times that of the app (N = 2^15, r = 8, p = 1), or over 256 MiB, and more than 8
// password slots are refused: the file could ask for hours.
[[nodiscard]] bool is_aegis(JsonValue root);
[[nodiscard]] bool is_encrypted_aegis(JsonValue root);
[[nodiscard]] Result<AppExport> read_aegis(JsonValue root, const Secret* password);

inline constexpr JsonFormat aegis{is_aegis, is_encrypted_aegis, read_aegis};

}  // namespace secondstep::tool
