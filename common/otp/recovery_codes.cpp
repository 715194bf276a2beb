#include "otp/recovery_codes.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/pasted_text.h"
#include "encoding/crockford.h"
#include "otp/kdf.h"

namespace secondstep::otp {
namespace {

constexpr std::size_t group = 4;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::optional<RecoveryCodeForm> form_of(std::size_t symbols) {
    for (const auto form : {RecoveryCodeForm::short_code, RecoveryCodeForm::long_code}) {
        if (symbols == symbols_of(form)) return form;
    }
    return std::nullopt;
}

// "1  7K3M-...", "[ ] 12) 7K3M-...": as sheets and screens number them. Only of what has no code's length with it.
std::size_t length_of_row_number(const PastedSymbols& typed) {
    if (typed.groups.size() < 2 || typed.groups.front() > 2) return 0;
    const std::string_view number = typed.symbols.text().substr(0, typed.groups.front());
    return std::ranges::all_of(number, is_digit) ? number.size() : 0;
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
    const auto pasted = pasted_symbols(without_caption(typed));
    if (!pasted) return std::nullopt;
    std::string_view plain = pasted->symbols.text();
    auto form = form_of(plain.size());
    if (!form) {
        plain.remove_prefix(length_of_row_number(*pasted));
        form = form_of(plain.size());
    }
    auto symbols = form ? crockford_symbols(plain) : std::nullopt;
    if (!symbols) return std::nullopt;
    return NormalizedRecoveryCode{*form, std::move(*symbols)};
}

NormalizedRecoveryCode normalized(RecoveryCodeForm form, const Secret& made) {
    NormalizedRecoveryCode code{form, Secret(symbols_of(form))};
    std::ranges::copy_if(made.bytes(), code.symbols.bytes().begin(), [](std::uint8_t c) { return c != '-'; });
    return code;
}

std::optional<NormalizedRecoveryCode> normalize_scratch_code(std::string_view typed) {
    auto digits = pasted_digits(typed);
    if (!digits || digits->size() != symbols_of(RecoveryCodeForm::scratch_code)) return std::nullopt;
    return NormalizedRecoveryCode{RecoveryCodeForm::scratch_code, std::move(*digits)};
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
