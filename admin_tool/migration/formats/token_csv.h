#pragma once

#include <string_view>

#include "migration/formats/imported_account.h"

namespace secondstep::tool {

// What `import csv` reads and `export --format csv` writes, RFC 4180. The first record names the columns, in
// any order: user and secret (base32, or hexadecimal as otp/key_text.h tells them apart), and, where they are
// not the default, type (totp, hotp), algorithm (sha1, sha256, sha512), digits, period, counter (HOTP: the
// next one), name (of the device):
//   user,secret,type,algorithm,digits,period,counter,name
//   alice,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,totp,sha1,6,30,,phone
// Errors: invalid (no such first record, a column that is unknown or there twice).
[[nodiscard]] Result<Reading> read_token_csv(std::string_view text, std::string_view file);

[[nodiscard]] std::string_view token_csv_header();  // with its line end
// One line, with its line end, that read_token_csv gives back; but for a TOTP floor, which the form has no
// column for.
[[nodiscard]] Secret token_csv_row(std::string_view user, const ImportedToken& token);

}  // namespace secondstep::tool
