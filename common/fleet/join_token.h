#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/randomness.h"
#include "base/secret.h"

namespace secondstep::fleet {

// Of a permission to join; it says which one, and is no secret.
using PermissionId = std::array<std::uint8_t, 5>;
inline constexpr std::size_t join_secret_size = 12;  // 96 bits: nobody guesses it
// The first bytes of SHA-256 over the authority's public key (DER, SubjectPublicKeyInfo). 128 bits, because somebody in
// between may make keys until one fits.
using AuthorityPin = std::array<std::uint8_t, 16>;

// What lets hosts join, as an administrator takes it from a node to them: whoever has it may ask for a certificate, and
// knows by it that the answer comes from the fleet and nobody else.
struct JoinToken {
    PermissionId permission{};
    Secret secret;  // join_secret_size
    AuthorityPin authority{};
};

// 14 groups of four Crockford symbols, "7Q2M-XK3V-...", 69 characters, the last of which are a check. Errors: crypto.
[[nodiscard]] Result<Secret> to_text(const JoinToken& token);
// As it was typed or pasted, with any layout (base/pasted_text.h). Errors: invalid (another length or symbol, or the check
// is wrong: a character was lost or mistyped), crypto.
[[nodiscard]] Result<JoinToken> parse_join_token(std::string_view typed);

// What a token of this authority begins a comparison with. `public_key`: DER, SubjectPublicKeyInfo. Errors: crypto.
[[nodiscard]] Result<AuthorityPin> pin_of(ByteView public_key);

}  // namespace secondstep::fleet
