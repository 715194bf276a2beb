#pragma once

#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::otp {

// RFC 4648 section 6, without padding: the form authenticator apps and otpauth URIs use.
[[nodiscard]] Secret base32_encode(ByteView bytes);

// What is to be made of bits behind the last whole byte, and of a symbol too many: a mistake while copying,
// or the way in which the key's program has always read it.
enum class LeftOverBits { refused, passed_over };

// Accepts what people paste: lower case, spaces and dashes between symbols, '=' at the end. Not constant
// time; never used on a login. Errors: invalid (other characters and, unless told otherwise, impossible
// lengths and non-zero trailing bits).
[[nodiscard]] Result<Secret> base32_decode(std::string_view text,
                                           LeftOverBits left_over = LeftOverBits::refused);

// "JBSW Y3DP EHPK 3PXP": groups of four for reading aloud and typing.
[[nodiscard]] Secret in_groups_of_four(const Secret& base32);

}  // namespace secondstep::otp
