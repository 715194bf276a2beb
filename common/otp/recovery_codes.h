#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/randomness.h"
#include "base/secret.h"

namespace secondstep::otp {

// How many symbols a recovery code has, and what follows from it for its storage (NIST SP 800-63B-4: look-up
// secrets under 112 bits are stored with a salted password hash, above with a salted hash):
//   short_code    16 symbols of Crockford's base 32, 80 bits, "XXXX-XXXX-XXXX-XXXX",
//                 stored as scrypt(2^14, 8, 1); a person's
//   long_code     24 symbols, 120 bits, six groups, stored as HMAC-SHA256; made in bulk,
//                 where ten scrypts for each of 100,000 accounts would take hours
//   scratch_code  8 decimal digits, 26 bits, "12345678"; never made, only carried over from
//   google-authenticator
//                 (its "emergency scratch codes"). Stored as HMAC-SHA256: a password hash would not help,
//                 since 10^8 guesses of 40 ms are 46 days of one processor; the seal of the credential is
//                 what protects them. Whoever may guess at a prompt is throttled as with a one-time password.
enum class RecoveryCodeForm : std::uint8_t { short_code = 1, long_code = 2, scratch_code = 3 };

[[nodiscard]] std::size_t symbols_of(RecoveryCodeForm form);

// A new code of the short or the long form as people see it, upper case with dashes.
[[nodiscard]] Secret make_recovery_code(RecoveryCodeForm form, Randomness& randomness);

// What a person typed or pasted, brought to the symbols alone: O => 0, I and L => 1, upper case, without layout
// (base/pasted_text.h), without a caption, and without the number of its row, as sheets and screens print it:
//   "7k3m 9qxt 2hvb w4zd", "[ ]  1  7K3M-9QXT-2HVB-W4ZD", "Recovery code: 7K3M..."
// Returns nullopt if it does not have the shape of a code of the short or the long form (16 or 24 symbols of the
// alphabet; U is no symbol).
struct NormalizedRecoveryCode {
    RecoveryCodeForm form;
    Secret symbols;
};
[[nodiscard]] std::optional<NormalizedRecoveryCode> normalize_recovery_code(std::string_view typed);
// Of a code that make_recovery_code() made.
[[nodiscard]] NormalizedRecoveryCode normalized(RecoveryCodeForm form, const Secret& made);
// The same for the scratch form: 8 decimal digits. Apart from the others, because at a prompt for one-time
// passwords 8 digits may be one of those.
[[nodiscard]] std::optional<NormalizedRecoveryCode> normalize_scratch_code(std::string_view typed);

// The stored form of one code:
//   short_code               scrypt(HMAC-SHA256(pepper, symbols), salt, 2^14, 8, 1) => 32 bytes, about 40 ms
//   long_code, scratch_code  HMAC-SHA256(HMAC-SHA256(pepper, symbols), salt)        => 32 bytes
// Per set one pepper and one salt (32 random bytes each), so that an attempt costs one scrypt however many
// codes the set has. Errors: crypto.
[[nodiscard]] Result<Digest> recovery_digest(const NormalizedRecoveryCode& code, ByteView pepper,
                                             ByteView salt);

}  // namespace secondstep::otp
