#pragma once

#include "app_exports/json_format.h"

namespace secondstep::tool {

// Proton Authenticator, version 1: protonpass/proton-pass-common proton-authenticator/src/entry/exporter.rs (plain)
// and password_exporter.rs (Argon2id: named). A key of Steam is steam://KEY in base64 there (src/steam/mod.rs).
[[nodiscard]] bool is_proton_authenticator(JsonValue root);
[[nodiscard]] Result<AppExport> read_proton_authenticator(JsonValue root, const Secret* password);

// data.json out of the archive that Proton Pass exports: ProtonMail/WebClients packages/pass/lib/export/types.ts.
// A login's "totpUri", and fields of type totp that the person added.
[[nodiscard]] bool is_proton_pass(JsonValue root);
[[nodiscard]] Result<AppExport> read_proton_pass(JsonValue root, const Secret* password);

inline constexpr JsonFormat proton_authenticator{is_proton_authenticator, never_encrypted,
                                                 read_proton_authenticator};
inline constexpr JsonFormat proton_pass{is_proton_pass, never_encrypted, read_proton_pass};

}  // namespace secondstep::tool
