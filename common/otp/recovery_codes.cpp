#include "otp/recovery_codes.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "encoding/crockford.h"
#include "otp/kdf.h"

namespace secondstep::otp {
namespace {

constexpr std::size_t group = 4;

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
    switch (form) {
        case RecoveryCodeForm::short_code:
            return 16;
        case RecoveryCodeForm::long_code:
            return 24;
        case RecoveryCodeForm::scratch_code:
            return 8;
    }
    return 0;
}

Secret make_recovery_code(RecoveryCodeForm form, Randomness& randomness) {
    return random_symbols(symbols_of(form), group, randomness);
}

std::optional<NormalizedRecoveryCode> normalize_recovery_code(std::string_view typed) {
    auto symbols = typed_symbols(typed, symbols_of(RecoveryCodeForm::long_code));
    const auto form = symbols ? form_of(symbols->size()) : std::nullopt;
    if (!form) return std::nullopt;
    return NormalizedRecoveryCode{*form, std::move(*symbols)};
}

std::optional<NormalizedRecoveryCode> normalize_scratch_code(std::string_view typed) {
    Secret digits;
    for (const char c : typed) {
        if (c == ' ' || c == '-') continue;
        if (c < '0' || c > '9' || digits.size() == symbols_of(RecoveryCodeForm::scratch_code))
            return std::nullopt;
        digits.push_back(c);
    }
    if (digits.size() != symbols_of(RecoveryCodeForm::scratch_code)) return std::nullopt;
    return NormalizedRecoveryCode{RecoveryCodeForm::scratch_code, std::move(digits)};
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
