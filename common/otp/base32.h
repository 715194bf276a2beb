#pragma once

#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::otp {

// RFC 4648 section 6, without padding: the form authenticator apps and otpauth URIs use.
[[nodiscard]] Secret base32_encode(ByteView bytes);

// Accepts what people paste: lower case, spaces and dashes between symbols, '=' at the end. Refuses (invalid)
// other characters, impossible lengths, and non-zero trailing bits. Not constant time; never used on a login.
[[nodiscard]] Result<Secret> base32_decode(std::string_view text);

// "JBSW Y3DP EHPK 3PXP": groups of four for reading aloud and typing.
[[nodiscard]] Secret in_groups_of_four(const Secret& base32);

}  // namespace secondstep::otp
