#pragma once

#include <string_view>

#include "base/clock.h"
#include "migration/formats/imported_account.h"

namespace secondstep::tool {

// A users file of pam_oath (liboath 2.6), fields divided by blanks, '#' begins a comment:
//   HOTP      alice  -   3132...3930                                        the next counter is 0
//   HOTP/E/8  bob    -   3132...3930  5                                     the next counter is 5
//   HOTP      carol  -   3132...3930  5   969429  2026-11-28T00:47:20L      5 was used, the next one is 6
//   HOTP/T30  dave   -   3132...3930  3   505723  2026-11-28T00:49:15L      counter without meaning
// The type is HOTP or HOTP/E, or HOTP/T and the period; then the digits, 6 when not there. The third field is
// a PIN: "-" for none, "+" for one that somebody else has checked. The time is the host's local time. The
// floor of a TOTP line is the highest step near that time whose code is the last one; when there is none, the
// step of that time. Several lines of a user are several tokens. A line that cannot be used is one Unusable
// with its number; it may have at most 1024 bytes. Errors: too_large (over 64 MiB).
[[nodiscard]] Result<Reading> read_oath_users(std::string_view text, std::string_view file, UnixTime now);

}  // namespace secondstep::tool
