#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "otp/hotp.h"

struct evp_md_ctx_st;
struct evp_md_st;

namespace secondstep::otp {

inline constexpr std::size_t longest_hash = 64;    // of SHA-512
inline constexpr std::size_t longest_block = 128;  // likewise

[[nodiscard]] std::size_t size_of_hash(Algorithm algorithm);   // in bytes: 20, 32, 64
[[nodiscard]] std::size_t size_of_block(Algorithm algorithm);  // 64, 64, 128

// FIPS 180-4 of one message after the other, each added in parts. Messages may be secret: nothing of them stays
// behind. One of an algorithm at a time in a thread.
class Hashing {
  public:
    explicit Hashing(Algorithm algorithm);
    Hashing(const Hashing&) = delete;
    Hashing& operator=(const Hashing&) = delete;
    ~Hashing();

    void begin();
    void add(ByteView part);
    // Into the first bytes of `out`, at least as long as the hash. Errors: crypto, of anything since begin().
    [[nodiscard]] Result<void> finish(MutableByteView out);

  private:
    Algorithm algorithm_;
    const evp_md_st* known_;
    evp_md_ctx_st* context_;
    bool good_ = false;
};

}  // namespace secondstep::otp
