#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"

namespace secondstep::otp {

// Errors, of each: crypto (libcrypto failed; out of memory); invalid, where a parameter has bounds.

[[nodiscard]] Result<Digest> hmac_sha256(ByteView key, ByteView message);

// RFC 5869 with SHA-256. `size` <= 255 * 32.
[[nodiscard]] Result<Secret> hkdf_sha256(ByteView key, ByteView salt, ByteView info, std::size_t size);
// Its two halves, for many keys from one: 32 bytes as good as the key, and what is made of them.
[[nodiscard]] Result<Secret> hkdf_extract(ByteView key, ByteView salt);
[[nodiscard]] Result<Secret> hkdf_expand(ByteView extracted, ByteView info, std::size_t size);

// RFC 7914. 128 * r * n bytes of memory while it runs (16 MiB for n = 2^14, r = 8);
// a cost over 256 MiB is invalid.
struct ScryptCost {
    std::uint64_t n;
    std::uint32_t r;
    std::uint32_t p;
};
[[nodiscard]] Result<Secret> scrypt(ByteView password, ByteView salt, const ScryptCost& cost,
                                    std::size_t size);

[[nodiscard]] Result<Digest> sha256(ByteView message);

}  // namespace secondstep::otp
