#pragma once

#include "app_exports/json_format.h"

// Apps whose export is a list in which each entry has a word for everything.
namespace secondstep::tool {

// andOTP 0.9, plain backup: andOTP/andOTP .../andotp/Database/Entry.java, Utilities/DatabaseHelper.java. Its
// encrypted backups are bytes without a sign of what they are.
[[nodiscard]] bool is_and_otp(JsonValue root);
[[nodiscard]] Result<AppExport> read_and_otp(JsonValue root, const Secret* password);

// raivo-otp-export.json out of Raivo's archive: raivo-otp/ios-application .../Password.swift getExportFields().
[[nodiscard]] bool is_raivo(JsonValue root);
[[nodiscard]] Result<AppExport> read_raivo(JsonValue root, const Secret* password);

// Stratum (once Authenticator Pro), not encrypted: beemdevelopment/Aegis .../importers/StratumImporter.java, and an
// export of the app beside its test. Types and algorithms are numbers there.
[[nodiscard]] bool is_stratum(JsonValue root);
[[nodiscard]] Result<AppExport> read_stratum(JsonValue root, const Secret* password);

// LastPass Authenticator: as read by protonpass/proton-pass-common proton-authenticator/src/parser/lastpass/json.rs.
[[nodiscard]] bool is_last_pass(JsonValue root);
[[nodiscard]] Result<AppExport> read_last_pass(JsonValue root, const Secret* password);

inline constexpr JsonFormat and_otp{is_and_otp, never_encrypted, read_and_otp};
inline constexpr JsonFormat raivo{is_raivo, never_encrypted, read_raivo};
inline constexpr JsonFormat stratum{is_stratum, never_encrypted, read_stratum};
inline constexpr JsonFormat last_pass{is_last_pass, never_encrypted, read_last_pass};

}  // namespace secondstep::tool
