#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "otp/key_description.h"

namespace secondstep::otp {

// What a portal shows beside its QR, and a person pastes: the key alone, or the whole URI.
struct KeyText {
    DescribedKey described;  // of the key alone: without names, and with what is the default
    // The text is hexadecimal too, and means another key then; nobody can tell but who has it. It is 1 to
    // longest_key bytes.
    std::optional<Secret> as_hexadecimal = {};
};

// One line; what key_symbols() takes off, and a caption in front of it, do not count:
//   "jbsw y3dp ehpk 3pxp"              base32
//   "Setup key: JBSW-Y3DP-EHPK-3PXP"   the same
//   "31:32:33:34:35:36:37:38"          hexadecimal, in pairs
//   "0x2233445566772233", "hex:..."    hexadecimal; without that base32 as well: see above
//   "base32:2233445566772233"          base32
//   "steam://JBSWY3DPEHPK3PXP"         Steam's five letters
//   "otpauth://totp/..."               see otpauth_uri.h; words in front of it do not count
// Nothing around a key becomes key. What is shorter than 8 bytes is a code or a word, unless its spelling is said.
// Errors: invalid; the sentence says what would be right and never repeats the key.
[[nodiscard]] Result<KeyText> parse_key_text(std::string_view text);

// The key alone, in a place that says how it is written; the prefix for the other one all the same counts.
// Everything else as above, but for its length: a list of keys holds no codes and no words. Errors: invalid, a URI
// among them.
enum class KeySpelling { either, base32, hexadecimal };
[[nodiscard]] Result<KeyText> parse_key_text(std::string_view text, KeySpelling spelling);

}  // namespace secondstep::otp
