#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace secondstep::otp {

enum class Algorithm : std::uint8_t { sha1, sha256, sha512 };

[[nodiscard]] std::string_view to_text(Algorithm algorithm);  // "sha1", as in configuration and credential
[[nodiscard]] std::optional<Algorithm> algorithm_from_text(std::string_view text);  // either case

// In bytes. A key over the block size of its hash is hashed before it is used (RFC 2104 section 2), so 128
// bytes, the block of SHA-512, hold all that any key can. Every source of keys has this bound.
inline constexpr std::size_t longest_key = 128;

// Number of digits of a one-time password: 6, 7 or 8 (RFC 4226 section 5.3 asks for at least 6).
// Errors of create: invalid.
class Digits {
  public:
    [[nodiscard]] static Result<Digits> create(unsigned digits);
    [[nodiscard]] unsigned value() const { return digits_; }
    friend bool operator==(Digits, Digits) = default;

  private:
    explicit Digits(unsigned digits) : digits_(digits) {}
    unsigned digits_;
};

[[nodiscard]] Digits six_digits();

// The code for `counter`, RFC 4226 section 5.3, as text with leading zeros ("005924").
// `key` may have any length >= 1. Errors: invalid (an empty key), crypto.
[[nodiscard]] Result<Secret> hotp(const Secret& key, std::uint64_t counter, Digits digits,
                                  Algorithm algorithm);

}  // namespace secondstep::otp
