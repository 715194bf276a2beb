#pragma once

#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::otp {

// RFC 4648 section 4, with padding.
[[nodiscard]] Secret base64_encode(std::string_view bytes);

// The same, and the alphabet of section 5 ('-' and '_'). White space is passed over (XML breaks
// lines in it) and the '=' at the end may be missing; everything else is strict. Errors: invalid (another
// character, one left over, non-zero trailing bits).
[[nodiscard]] Result<Secret> base64_decode(std::string_view text);

}  // namespace secondstep::otp
