#include "otp/typed_answer.h"

#include <optional>
#include <utility>

#include "base/text.h"

namespace secondstep::dialogue {
namespace {

constexpr std::size_t fewest_digits = 6;
constexpr std::size_t most_digits = 8;
constexpr std::string_view sshds_answer = "\b\n\r\177INCORRECT";

bool repeats_sshds_answer(std::string_view typed, std::size_t begin) {
    for (std::size_t i = 0; i < typed.size(); ++i) {
        if (typed[i] != sshds_answer[(begin + i) % sshds_answer.size()]) return false;
    }
    return true;
}

// Of one field for everything the end arrives here, wherever that begins. Some of its letters alone could be
// typed by a person; its control characters could not.
bool is_from_sshd(std::string_view typed) {
    if (!has_control_characters(typed)) return false;
    if (repeats_sshds_answer(typed, 0)) return true;
    for (std::size_t begin = 1; begin < sshds_answer.size() && typed.size() >= fewest_digits; ++begin) {
        if (repeats_sshds_answer(typed, begin)) return true;
    }
    return false;
}

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
    if (is_from_sshd(typed)) return ReplacedBySshd{};
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
