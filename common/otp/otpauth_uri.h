#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "base/secret.h"
#include "otp/hotp.h"
#include "otp/totp.h"

namespace secondstep::otp {

struct TotpMoving {
    Period period;
};
struct HotpMoving {
    std::uint64_t counter;  // the next one to be used
};

// Everything an authenticator app needs, as the "Key Uri Format" of Google Authenticator carries it.
struct OtpauthUri {
    std::string issuer;   // UTF-8, may be empty, no ':'
    std::string account;  // UTF-8, not empty, no ':'
    Secret key;           // raw bytes
    Algorithm algorithm = Algorithm::sha1;
    Digits digits = six_digits();
    std::variant<TotpMoving, HotpMoving> moving;
};

// "otpauth://totp/web01:alice?secret=JBSW...&issuer=web01". What is the default (SHA1, 6, 30) is left out, so
// that the QR stays small; everything else is percent-encoded per RFC 3986 (only unreserved characters stay).
// Errors: invalid (an issuer or account with ':', control characters, invalid UTF-8, a space at
// an end, over 255 bytes; an empty key or account).
[[nodiscard]] Result<Secret> to_text(const OtpauthUri& uri);

// Unknown parameters that do not change codes (image, ...) are passed over, and so are a period in a hotp URI
// and a counter in a totp URI, if they are well formed. Names of parameters may have either case. Spaces
// around the names in the label do not count. Errors: invalid (unknown type; unknown or repeated parameter
// that changes codes, which are secret, algorithm, digits, period and counter; digits or period out of range;
// missing secret or, with hotp, counter; an issuer in the label and another one in the parameter).
[[nodiscard]] Result<OtpauthUri> parse_otpauth_uri(std::string_view text);

// A name from elsewhere as an issuer or account that to_text() takes: "a:b\n" => "a b?". May be empty.
[[nodiscard]] std::string fit_for_label(std::string_view name);

}  // namespace secondstep::otp
