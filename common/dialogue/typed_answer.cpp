#include "dialogue/typed_answer.h"

#include <optional>
#include <utility>

#include "base/text.h"

namespace secondstep::dialogue {
namespace {

constexpr std::size_t fewest_digits = 6;
constexpr std::size_t most_digits = 8;

}  // namespace

Secret digits_of(std::string_view typed) {
    Secret digits;
    for (const char c : typed) {
        if (c == ' ' || c == '-') continue;
        if (c < '0' || c > '9') return {};
        digits.push_back(c);
    }
    return digits;
}

TypedAnswer classify(std::string_view typed) {
    if (trimmed(typed) == "?") return AskedForHelp{};
    Secret digits = digits_of(typed);
    if (digits.size() >= fewest_digits && digits.size() <= most_digits) return TypedOtp{std::move(digits)};
    std::optional<otp::NormalizedRecoveryCode> code = otp::normalize_recovery_code(typed);
    if (code) return std::move(*code);
    const bool in_groups = trimmed(typed).find_first_of(" -") != std::string_view::npos;
    std::optional<otp::OneTimeCode> one_time = otp::normalize_one_time_code(typed);
    if (in_groups && one_time) return std::move(*one_time);
    return NotACode{};
}

}  // namespace secondstep::dialogue
