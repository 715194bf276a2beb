#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "migration/formats/imported_account.h"

namespace secondstep::tool {

// One ~/.google_authenticator, as pam_google_authenticator 1.09 reads and writes it:
//   FD7QKXX2C4RZU5YHLB4RX6TRPA            the key; 0, 1 and 8 count as O, L and B, bits left over do not
//   count " RATE_LIMIT 3 30 1795826840          times of tries; Secondstep throttles by itself " WINDOW_SIZE
//   17                      TOTP: 8 steps before and after; HOTP: 17 counters. 3 when not there "
//   DISALLOW_REUSE 59860894 59860895    steps of codes that were used and could be tried again; the phone's
//                                         steps, so with TIME_SKEW they differ from the host's
//   " TIME_SKEW 5                         the phone's clock is 5 steps ahead
//   " STEP_SIZE 60                        30 when not there
//   " TOTP_AUTH                           time-based, unless there is also
//   " HOTP_COUNTER 4                      counter-based; 4 is the NEXT counter
//   57791908                              codes that work once
// An option that is there twice counts as it stands first.
struct GoogleAuthenticatorFile {
    std::string_view text;
    std::string user;   // whose it is
    std::string place;  // its path, for the report
};

struct ImportLimits {
    UnixTime now;
    unsigned window = 1;        // steps before and after, as secondstep.conf has it
    unsigned most_window = 10;  // what secondstep.conf takes at most
    unsigned look_ahead = 10;   // HOTP
};

// One account, or one Unusable. The floor is the highest step recorded as used; where codes were allowed to
// be used again, and so nothing was recorded, the last step the old module could have accepted by now.
// Errors: too_large (over 64 KiB, more than the module reads).
[[nodiscard]] Result<Reading> read_google_authenticator(const GoogleAuthenticatorFile& file,
                                                        const ImportLimits& limits);

}  // namespace secondstep::tool
