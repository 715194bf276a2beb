#pragma once

#include "app_exports/json_format.h"

namespace secondstep::tool {

// Backups of 2FAS (*.2fas), schema 1 to 4, plain, or encrypted with a password: twofas/2fas-android
// data/services .../BackupContent.kt and BackupService.kt, core/cipher .../BackupKeyGeneratorPbkdf.kt. What is
// encrypted is "CIPHERTEXT+TAG:SALT:NONCE" in base64: PBKDF2-HMAC-SHA256, 10000 times, then AES-256-GCM.
// TOTP, HOTP and STEAM are read; what is not said is the default (schema 1 says nothing but the key).
[[nodiscard]] bool is_two_fas(JsonValue root);
[[nodiscard]] bool is_encrypted_two_fas(JsonValue root);
[[nodiscard]] Result<AppExport> read_two_fas(JsonValue root, const Secret* password);

inline constexpr JsonFormat two_fas{is_two_fas, is_encrypted_two_fas, read_two_fas};

}  // namespace secondstep::tool
