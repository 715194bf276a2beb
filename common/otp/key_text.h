#pragma once

#include <string_view>
#include <variant>

#include "base/error.h"
#include "base/secret.h"
#include "otp/otpauth_uri.h"

namespace secondstep::otp {

// What a portal shows beside its QR: the key alone (raw bytes, 1 to longest_key), or the whole URI.
using KeyText = std::variant<Secret, OtpauthUri>;

// What a person pastes as a "security key". Spaces, dashes, colons and line breaks between the symbols do not
// count. Base32, as nearly every portal writes it; hexadecimal only when it cannot be base32, or says so:
//   "jbsw y3dp ehpk 3pxp"    => base32
//   "31:32:33:34:35:36:37:38" => hexadecimal: base32 has no 1 and no 8
//   "0x2233445566772233"     => hexadecimal, because of the "0x" ("hex:" does the same); without it, base32
// (40 hexadecimal digits have no 0, 1, 8 or 9 among them once in a hundred thousand times.)
// Errors: invalid; the sentence says what would be right and never repeats the key.
[[nodiscard]] Result<KeyText> parse_key_text(std::string_view text);

}  // namespace secondstep::otp
