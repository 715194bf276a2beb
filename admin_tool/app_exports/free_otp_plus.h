#pragma once

#include "app_exports/json_format.h"

namespace secondstep::tool {

// JSON of FreeOTP+: helloworld1/FreeOTPPlus token-data .../legacy/Token.java (its fields), SavedTokens.kt and
// ImportExportUtil.kt. A key is an array of signed bytes. A counter stands there one lower than in a URI, which
// is how the app reads and writes URIs itself (OtpTokenFactory.kt); the next code is that of one more. The
// names that the person gave (issuerAlt, labelAlt) count before those of the portal. Codes of the issuer
// "Steam" are Steam's letters in the app.
[[nodiscard]] bool is_free_otp_plus(JsonValue root);
[[nodiscard]] Result<AppExport> read_free_otp_plus(JsonValue root, const Secret* password);

inline constexpr JsonFormat free_otp_plus{is_free_otp_plus, never_encrypted, read_free_otp_plus};

}  // namespace secondstep::tool
