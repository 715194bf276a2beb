#pragma once

#include <string_view>

#include "migration/formats/imported_account.h"
#include "migration/formats/token_columns.h"

namespace secondstep::tool {

// What `import csv` reads and `export --format csv` writes, RFC 4180. The first record names the columns, in
// any order: secret (base32, or hexadecimal as key_cell.h tells them apart), user or serial (of a device
// that nobody has yet), and, where they are not the default, type (totp, hotp), algorithm (sha1, sha256,
// sha512), digits, period, counter (HOTP: the next one), name (of the device); manufacturer and model are its
// name otherwise:
//   user,secret,type,algorithm,digits,period,counter,name
//   alice,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,totp,sha1,6,30,,phone
// So read are the lists for Microsoft Entra (Token2, Deepnet, Feitian; their headers of 2019 to 2025):
//   upn,serial number,secret key,time interval,manufacturer,model
// those of OATH tokens without a first line, as privacyIDEA 2 and 3 and NetIQ Advanced Authentication 6 take
// them:
//   Token004, 89f0dfe1c90379da6a11aaca2fc1070f606efe36, totp, 6, 60
// and the log of Yubico's personalization tool (3.1) in its traditional form.
// Records that begin with '#' are passed over above the first one, and in lists without names of columns.
// Errors: invalid (no such first record, a column that is there twice, or that TokenColumns refuses).
[[nodiscard]] Result<Reading> read_token_csv(std::string_view text, std::string_view file,
                                             const ColumnChoice& choice = {});

[[nodiscard]] std::string_view token_csv_header();  // with its line end
// One line, with its line end, that read_token_csv gives back; but for a TOTP floor, which the form has no
// column for.
[[nodiscard]] Secret token_csv_row(std::string_view user, const ImportedToken& token);

}  // namespace secondstep::tool
