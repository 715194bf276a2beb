#pragma once

#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::otp {

[[nodiscard]] bool is_hex_digit(char c);  // of either case

// A key in hexadecimal, of either case and nothing between the digits. Errors: invalid (another character, an
// odd number of digits), which does not repeat the text.
[[nodiscard]] Result<Secret> hex_decode(std::string_view text);

}  // namespace secondstep::otp
