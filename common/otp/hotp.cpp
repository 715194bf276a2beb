#include "otp/hotp.h"

#include <array>
#include <cstring>

#include "base/text.h"
#include "otp/hmac.h"

namespace secondstep::otp {
namespace {

constexpr unsigned fewest_digits = 6;
constexpr unsigned most_digits = 8;
constexpr unsigned fewest_symbols = 4;
constexpr unsigned most_symbols = 10;
// Steam's own: no vowels, and nothing that looks like something else.
constexpr std::string_view steam_alphabet = "23456789BCDFGHJKMNPQRTVWXY";
constexpr unsigned steam_symbols = 5;

std::array<std::uint8_t, 8> big_endian(std::uint64_t counter) {
    std::array<std::uint8_t, 8> bytes{};
    for (std::size_t i = bytes.size(); i-- > 0; counter >>= 8)
        bytes[i] = static_cast<std::uint8_t>(counter);
    return bytes;
}

// RFC 4226 section 5.3, step 2: four bytes from where the last one points to, without the sign bit. With
// longer hashes the last byte is still the last one (RFC 6238 section 1.2 and its appendix A).
std::uint32_t truncated(ByteView mac) {
    const std::size_t offset = mac.back() & 0x0fU;
    const std::uint32_t first = mac[offset] & 0x7fU;
    return first << 24 | std::uint32_t{mac[offset + 1]} << 16 | std::uint32_t{mac[offset + 2]} << 8 |
           mac[offset + 3];
}

Secret last_digits(std::uint32_t number, unsigned digits) {
    Secret code(digits);
    for (std::size_t i = digits; i-- > 0; number /= 10) {
        code.bytes()[i] = static_cast<std::uint8_t>('0' + number % 10);
    }
    return code;
}

Secret in_steam_alphabet(std::uint32_t number) {
    Secret code;
    constexpr auto base = static_cast<std::uint32_t>(steam_alphabet.size());
    for (unsigned i = 0; i < steam_symbols; ++i) {
        code.push_back(steam_alphabet[number % base]);
        number /= base;
    }
    return code;
}

}  // namespace

std::string_view to_text(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::sha1:
            return "sha1";
        case Algorithm::sha256:
            return "sha256";
        case Algorithm::sha512:
            return "sha512";
    }
    return {};
}

std::optional<Algorithm> algorithm_from_text(std::string_view text) {
    const std::string lower = lowercase_ascii(text);
    for (const Algorithm algorithm : {Algorithm::sha1, Algorithm::sha256, Algorithm::sha512}) {
        if (lower == to_text(algorithm)) return algorithm;
    }
    return std::nullopt;
}

Result<Digits> Digits::create(unsigned digits) {
    if (digits < fewest_digits || digits > most_digits) {
        return fail(Errc::invalid, "a one-time password has 6, 7 or 8 digits");
    }
    return Digits(digits);
}

Digits six_digits() {
    return *Digits::create(fewest_digits);
}

Result<CodeForm> CodeForm::decimal(unsigned digits) {
    if (digits < fewest_symbols || digits > most_symbols)
        return fail(Errc::invalid, "a code of a portal has 4 to 10 digits");
    return CodeForm(digits, false);
}

CodeForm CodeForm::steam() {
    return CodeForm(steam_symbols, true);
}

Result<Secret> hotp(const Secret& key, std::uint64_t counter, CodeForm form, Algorithm algorithm) {
    // Without a key everybody could compute the codes.
    if (key.empty()) return fail(Errc::invalid, "the key of an authenticator is empty");
    const auto message = big_endian(counter);
    std::array<std::uint8_t, longest_hmac> mac{};
    const auto size = hmac(algorithm, key.bytes(), {message}, mac);
    if (!size) return std::unexpected(size.error());
    const std::uint32_t number = truncated(ByteView(mac).first(*size));
    Secret code = form.is_steam() ? in_steam_alphabet(number) : last_digits(number, form.symbols());
    explicit_bzero(mac.data(), mac.size());
    return code;
}

}  // namespace secondstep::otp
