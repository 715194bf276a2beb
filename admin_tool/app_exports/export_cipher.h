#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"

// How apps encrypt their exports: AES-256 in GCM, with a key that is made of the password.
namespace secondstep::tool {

// What one encryption left behind. 12 bytes, 16 bytes; views of texts that the caller keeps.
struct GcmParameters {
    ByteView nonce;
    ByteView tag;
};

// Errors: invalid (a key, nonce or tag of another size), not_allowed (the tag is wrong: another key, or
// somebody changed it; nothing of it is given out then), crypto.
[[nodiscard]] Result<Secret> open_aes_256_gcm(const Secret& key, const GcmParameters& how,
                                              ByteView cipher_text);

// PBKDF2 (RFC 8018) with HMAC-SHA256: 32 bytes. Errors: crypto.
[[nodiscard]] Result<Secret> pbkdf2_sha256(const Secret& password, ByteView salt, std::uint32_t iterations);

}  // namespace secondstep::tool
