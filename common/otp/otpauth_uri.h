#pragma once

#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "otp/key_description.h"

// The "Key Uri Format" of Google Authenticator, in which every portal hands out its keys:
//   otpauth://totp/Example%20Corp:alice?secret=JBSW...&issuer=Example%20Corp&algorithm=SHA256&digits=8&period=60
namespace secondstep::otp {

// "otpauth://totp/web01:alice?secret=JBSW...&issuer=web01". What is the default (SHA1, 6, 30) is left out, so
// that the QR stays small; everything else is percent-encoded per RFC 3986 (only unreserved characters stay).
// Errors: invalid (an issuer or account with ':', control characters, invalid UTF-8, a space at
// an end, over 255 bytes; an empty key or account).
[[nodiscard]] Result<Secret> to_uri(const KeyDescription& key);

[[nodiscard]] bool is_otpauth_uri(std::string_view text);  // begins like one, in either case

// What other programs write, and people paste. What makes codes is read by describe(); names decide nothing:
// they may be missing, differ, hold '#', '&', '?', ':' or bytes that are not UTF-8, and are cut into shape. A
// '+' in a parameter is a blank, "&amp;" (copied out of the text of a web page) is '&', and names of
// parameters may have either case. Parameters that are unknown are named in a remark, which is in doubt, but
// for those of a short list that only say how something looks (image, icon, lock ...).
// Errors: invalid: another type, no secret, a parameter that changes codes and is there twice with different
// values, and those of describe(). The sentence never repeats the key.
[[nodiscard]] Result<DescribedKey> parse_otpauth_uri(std::string_view text);

}  // namespace secondstep::otp
