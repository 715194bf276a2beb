#pragma once

#include "app_exports/json_format.h"

namespace secondstep::tool {

// JSON of Bitwarden, not encrypted, and of Bitwarden Authenticator, which has the same form: bitwarden/clients
// libs/tools/export/vault-export/.../individual-vault-export.service.ts, base-vault-export.service.ts. A login's
// "totp" is a key in base32, an otpauth:// address, or steam://KEY. What is encrypted, with the account's key or
// with a password, is named.
[[nodiscard]] bool is_bitwarden(JsonValue root);
[[nodiscard]] Result<AppExport> read_bitwarden(JsonValue root, const Secret* password);

inline constexpr JsonFormat bitwarden{is_bitwarden, never_encrypted, read_bitwarden};

}  // namespace secondstep::tool
