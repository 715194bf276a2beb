#pragma once

#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "migration/formats/imported_account.h"

namespace secondstep::tool {

// otpauth:// URIs, one a line; empty lines and those that begin with '#' are passed over. The account of the
// label is the user, when it can be a login name. otpauth-migration:// URIs are read too: all pictures of an
// export must be there.
// Errors: too_large (over 64 MiB).
[[nodiscard]] Result<Reading> read_otpauth_lines(std::string_view text, std::string_view file);

// One line, with its line end, that read_otpauth_lines gives back. Errors: as otp::to_uri.
[[nodiscard]] Result<Secret> otpauth_line(const ImportedToken& token);

}  // namespace secondstep::tool
