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
// "sha256", in either case: what our own options and files say. Spellings of others: otp/key_fields.h.
[[nodiscard]] std::optional<Algorithm> algorithm_from_text(std::string_view text);

// In bytes. A key over the block size of its hash is hashed before it is used (RFC 2104 section 2), so 128
// bytes, the block of SHA-512, hold all that any key can. Every source of keys has this bound.
inline constexpr std::size_t longest_key = 128;

// Number of digits of a one-time password that Secondstep checks: 6, 7 or 8 (RFC 4226 section 5.3 asks for at
// least 6). Errors of create: invalid.
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

// What a code looks like that somebody else checks: they chose it, we only compute it. 4 to 10 decimal digits
// (the truncated value has 31 bits, so the first of ten is 0, 1 or 2), or Steam's five letters. Every code
// that Secondstep checks has such a form too.
class CodeForm {
  public:
    CodeForm(Digits digits) : symbols_(digits.value()) {}  // NOLINT(google-explicit-constructor)
    // Errors: invalid.
    [[nodiscard]] static Result<CodeForm> decimal(unsigned digits);
    [[nodiscard]] static CodeForm steam();

    [[nodiscard]] bool is_steam() const { return steam_; }
    [[nodiscard]] unsigned symbols() const { return symbols_; }
    friend bool operator==(CodeForm, CodeForm) = default;

  private:
    CodeForm(unsigned symbols, bool steam) : symbols_(symbols), steam_(steam) {}
    unsigned symbols_;
    bool steam_ = false;
};

// The code for `counter`, RFC 4226 section 5.3, as text with leading zeros ("005924"), or with Steam's
// alphabet in the place of decimal digits, the last one first ("RJ9T5"). `key` may have any length >= 1.
// Errors: invalid (an empty key), crypto.
[[nodiscard]] Result<Secret> hotp(const Secret& key, std::uint64_t counter, CodeForm form,
                                  Algorithm algorithm);

}  // namespace secondstep::otp
