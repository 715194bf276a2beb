#pragma once

#include <initializer_list>

#include "base/bytes.h"
#include "base/error.h"
#include "otp/hotp.h"

namespace secondstep::otp {

inline constexpr std::size_t longest_hmac = 64;  // HMAC-SHA512

// RFC 2104 over the parts of `message`, one after the other. Writes the first bytes of `out` (at least as
// long as the hash) and gives their number. `key` may be empty. Errors: crypto.
[[nodiscard]] Result<std::size_t> hmac(Algorithm algorithm, ByteView key,
                                       std::initializer_list<ByteView> message, MutableByteView out);

}  // namespace secondstep::otp
