#include "otp/one_time_code.h"

#include <utility>

#include "base/pasted_text.h"
#include "encoding/crockford.h"

namespace secondstep::otp {

Secret make_one_time_code(Randomness& randomness) {
    return random_symbols(one_time_symbols, one_time_symbols / 2, randomness);
}

std::optional<OneTimeCode> normalize_one_time_code(std::string_view typed) {
    const auto plain = without_layout(without_caption(typed));
    if (!plain || plain->size() != one_time_symbols) return std::nullopt;
    auto symbols = crockford_symbols(plain->text());
    if (!symbols) return std::nullopt;
    return OneTimeCode{std::move(*symbols)};
}

}  // namespace secondstep::otp
