#include "otp/recovery_codes.h"

#include <algorithm>
#include <cstring>

#include "otp/kdf.h"

namespace secondstep::otp {
namespace {

// Crockford's base 32: without I, L and O, which look like digits, and without U.
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t group = 4;

bool is_separator(char c) {
    return c == ' ' || c == '-';
}

// The symbol that was meant, or nothing.
std::optional<char> symbol_of(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') return '0';
    if (c == 'I' || c == 'L') return '1';
    if (alphabet.find(c) == std::string_view::npos) return std::nullopt;
    return c;
}

std::optional<RecoveryCodeForm> form_of(std::size_t symbols) {
    for (const auto form : {RecoveryCodeForm::short_code, RecoveryCodeForm::long_code}) {
        if (symbols == symbols_of(form)) return form;
    }
    return std::nullopt;
}

Result<Digest> stretched(const Digest& keyed, ByteView salt) {
    auto slow = scrypt(keyed, salt, ScryptCost{.n = 1U << 14, .r = 8, .p = 1}, std::tuple_size_v<Digest>);
    if (!slow) return std::unexpected(std::move(slow.error()));
    Digest digest{};
    std::ranges::copy(slow->bytes(), digest.begin());
    return digest;
}

}  // namespace

std::size_t symbols_of(RecoveryCodeForm form) {
    return form == RecoveryCodeForm::short_code ? 16 : 24;
}

Secret make_recovery_code(RecoveryCodeForm form, Randomness& randomness) {
    const std::size_t symbols = symbols_of(form);
    // One random byte for each symbol: 256 is a multiple of 32, so every symbol is equally likely.
    const Secret random = randomness.secret(symbols);
    Secret code(symbols + symbols / group - 1);
    std::size_t at = 0;
    for (std::size_t i = 0; i < symbols; ++i) {
        if (i != 0 && i % group == 0) code.bytes()[at++] = '-';
        code.bytes()[at++] = static_cast<std::uint8_t>(alphabet[random.bytes()[i] % alphabet.size()]);
    }
    return code;
}

std::optional<NormalizedRecoveryCode> normalize_recovery_code(std::string_view typed) {
    Secret symbols(symbols_of(RecoveryCodeForm::long_code));
    std::size_t size = 0;
    for (const char c : typed) {
        if (is_separator(c)) continue;
        const auto symbol = symbol_of(c);
        if (!symbol || size == symbols.size()) return std::nullopt;
        symbols.bytes()[size++] = static_cast<std::uint8_t>(*symbol);
    }
    symbols.truncate(size);
    const auto form = form_of(size);
    if (!form) return std::nullopt;
    return NormalizedRecoveryCode{*form, std::move(symbols)};
}

Result<Digest> recovery_digest(const NormalizedRecoveryCode& code, ByteView pepper, ByteView salt) {
    auto keyed = hmac_sha256(pepper, code.symbols.bytes());
    if (!keyed) return keyed;
    auto digest =
        code.form == RecoveryCodeForm::short_code ? stretched(*keyed, salt) : hmac_sha256(*keyed, salt);
    explicit_bzero(keyed->data(), keyed->size());
    return digest;
}

}  // namespace secondstep::otp
