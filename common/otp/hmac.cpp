#include "otp/hmac.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "otp/hash.h"

// libcrypto's own HMAC makes, copies and frees three contexts for each message: four times the work of the two
// short hashes that it is.
namespace secondstep::otp {
namespace {

constexpr std::uint8_t inner_pad = 0x36;
constexpr std::uint8_t outer_pad = 0x5c;

// K of RFC 2104 section 2: the key, or its hash when it is longer than a block, with zeros behind it.
class PaddedKey {
  public:
    PaddedKey() = default;
    PaddedKey(const PaddedKey&) = delete;
    PaddedKey& operator=(const PaddedKey&) = delete;
    ~PaddedKey() { explicit_bzero(bytes_.data(), bytes_.size()); }

    [[nodiscard]] Result<void> set(Hashing& hashing, ByteView key, std::size_t block) {
        if (key.size() <= block) {
            std::ranges::copy(key, bytes_.begin());
            return {};
        }
        hashing.begin();
        hashing.add(key);
        return hashing.finish(bytes_);
    }
    void combine(std::uint8_t pad) {
        for (std::uint8_t& byte : bytes_)
            byte ^= pad;
    }
    [[nodiscard]] ByteView bytes() const { return bytes_; }

  private:
    std::array<std::uint8_t, longest_block> bytes_{};
};

}  // namespace

Result<std::size_t> hmac(Algorithm algorithm, ByteView key, std::initializer_list<ByteView> message,
                         MutableByteView out) {
    const std::size_t block = size_of_block(algorithm);
    Hashing hashing(algorithm);
    PaddedKey padded;
    auto done = padded.set(hashing, key, block);
    padded.combine(inner_pad);
    hashing.begin();
    hashing.add(padded.bytes().first(block));
    for (const ByteView part : message)
        hashing.add(part);
    std::array<std::uint8_t, longest_hash> inner;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled
    if (done) done = hashing.finish(inner);
    padded.combine(inner_pad ^ outer_pad);
    hashing.begin();
    hashing.add(padded.bytes().first(block));
    hashing.add(ByteView(inner).first(size_of_hash(algorithm)));
    if (done) done = hashing.finish(out);
    explicit_bzero(inner.data(), inner.size());
    if (!done) return fail(Errc::crypto, "libcrypto could not compute an HMAC");
    return size_of_hash(algorithm);
}

}  // namespace secondstep::otp
