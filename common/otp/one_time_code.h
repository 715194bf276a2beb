#pragma once

#include <optional>
#include <string_view>

#include "base/randomness.h"
#include "base/secret.h"

namespace secondstep::otp {

// A code that an administrator reads out to somebody and that works once: ten Crockford symbols, 50 bits,
// "7K3M9-QXT2H". Of another length than an authenticator's code (6 to 8) and a recovery code (16, 24), so
// that what was typed says which it is.
inline constexpr std::size_t one_time_symbols = 10;

[[nodiscard]] Secret make_one_time_code(Randomness& randomness);

struct OneTimeCode {
    Secret symbols;  // upper case, no dash
};
// As it was typed or pasted, whatever layout (base/pasted_text.h) and caption are about it. Returns nullopt if it
// does not have that shape.
[[nodiscard]] std::optional<OneTimeCode> normalize_one_time_code(std::string_view typed);

}  // namespace secondstep::otp
