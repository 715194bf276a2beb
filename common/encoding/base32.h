#pragma once

#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::otp {

// RFC 4648 section 6, without padding: the form authenticator apps and otpauth URIs use.
[[nodiscard]] Secret base32_encode(ByteView bytes);

// Accepts what people paste: lower case, spaces and dashes between symbols, '=' at the end. Not constant
// time; never used on a login. Errors: invalid (other characters, impossible lengths and non-zero trailing
// bits).
[[nodiscard]] Result<Secret> base32_decode(std::string_view text);

// What stands behind the last whole byte, and belongs to none: set bits of the last symbol, which keys of
// other makers have, or a whole symbol, as when one is missing or there is one too many.
enum class LeftOver { nothing, bits, symbol };
struct Base32Key {
    Secret bytes;
    LeftOver left_over = LeftOver::nothing;
};
// The same, with what is left over dropped, as authenticator apps do. Errors: invalid (other characters).
[[nodiscard]] Result<Base32Key> base32_decode_leniently(std::string_view text);

// "JBSW Y3DP EHPK 3PXP": groups of four for reading aloud and typing.
[[nodiscard]] Secret in_groups_of_four(const Secret& base32);

}  // namespace secondstep::otp
