#include "otp/one_time_code.h"

#include <utility>

#include "encoding/crockford.h"

namespace secondstep::otp {

Secret make_one_time_code(Randomness& randomness) {
    return random_symbols(one_time_symbols, one_time_symbols / 2, randomness);
}

std::optional<OneTimeCode> normalize_one_time_code(std::string_view typed) {
    std::optional<Secret> symbols = typed_symbols(typed, one_time_symbols);
    if (!symbols || symbols->size() != one_time_symbols) return std::nullopt;
    return OneTimeCode{std::move(*symbols)};
}

}  // namespace secondstep::otp
