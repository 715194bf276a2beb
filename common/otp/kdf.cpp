#include "otp/kdf.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

#include "otp/hash.h"
#include "otp/hmac.h"

namespace secondstep::otp {
namespace {

constexpr std::size_t hash_size = std::tuple_size_v<Digest>;

// RFC 5869 section 2.3: T(i) = HMAC(PRK, T(i-1) | info | i), one after the other until `out` is full.
Result<void> expand(ByteView key, ByteView info, MutableByteView out) {
    Digest block{};
    ByteView previous;
    Result<void> result;
    for (std::uint8_t i = 1; !out.empty() && result; ++i) {
        const auto done = hmac(Algorithm::sha256, key, {previous, info, ByteView(&i, 1)}, block);
        if (!done) result = std::unexpected(done.error());
        const std::size_t taken = std::min(out.size(), block.size());
        std::ranges::copy_n(block.begin(), static_cast<std::ptrdiff_t>(taken), out.begin());
        out = out.subspan(taken);
        previous = block;
    }
    explicit_bzero(block.data(), block.size());
    return result;
}

const char* as_chars(ByteView bytes) {
    return reinterpret_cast<const char*>(bytes.data());
}

// What libcrypto allocates for `cost`, as it counts itself (RFC 7914 sections 5 and 6: B, V and T), or
// nothing when that is more than anything here may ask for.
std::optional<std::uint64_t> memory_of(const ScryptCost& cost) {
    constexpr std::uint64_t most_blocks = std::uint64_t{1} << 16;
    constexpr std::uint64_t most = std::uint64_t{256} << 20;
    if (cost.n > most_blocks || cost.r > most_blocks || cost.p > most_blocks) return std::nullopt;
    const std::uint64_t memory = 128 * std::uint64_t{cost.r} * (cost.n + cost.p + 2);
    return memory <= most ? std::optional(memory) : std::nullopt;
}

}  // namespace

Result<Digest> hmac_sha256(ByteView key, ByteView message) {
    Digest mac{};
    if (const auto done = hmac(Algorithm::sha256, key, {message}, mac); !done)
        return std::unexpected(done.error());
    return mac;
}

// An absent salt is a string of zeros (section 2.2), which HMAC makes of an empty key by itself.
Result<Secret> hkdf_extract(ByteView key, ByteView salt) {
    Secret extracted(hash_size);
    const auto done = hmac(Algorithm::sha256, salt, {key}, extracted.bytes());
    if (!done) return std::unexpected(done.error());
    return extracted;
}

Result<Secret> hkdf_expand(ByteView extracted, ByteView info, std::size_t size) {
    if (size > 255 * hash_size) return fail(Errc::invalid, "HKDF gives at most 8160 bytes");
    Secret out(size);
    const auto expanded = expand(extracted, info, out.bytes());
    if (!expanded) return std::unexpected(expanded.error());
    return out;
}

Result<Secret> hkdf_sha256(ByteView key, ByteView salt, ByteView info, std::size_t size) {
    auto extracted = hkdf_extract(key, salt);
    if (!extracted) return extracted;
    return hkdf_expand(extracted->bytes(), info, size);
}

Result<Secret> scrypt(ByteView password, ByteView salt, const ScryptCost& cost, std::size_t size) {
    const auto memory = memory_of(cost);
    if (!memory) return fail(Errc::invalid, "scrypt: the cost is over 256 MiB");
    Secret out(size);
    if (EVP_PBE_scrypt(as_chars(password), password.size(), salt.data(), salt.size(), cost.n, cost.r, cost.p,
                       *memory, out.bytes().data(), size) != 1) {
        return fail(Errc::crypto, "libcrypto could not compute scrypt");
    }
    return out;
}

Result<Digest> sha256(ByteView message) {
    Digest digest{};
    Hashing hashing(Algorithm::sha256);
    hashing.begin();
    hashing.add(message);
    if (const auto done = hashing.finish(digest); !done) return std::unexpected(done.error());
    return digest;
}

}  // namespace secondstep::otp
