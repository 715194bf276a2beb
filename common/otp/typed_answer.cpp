#include "otp/typed_answer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/pasted_text.h"
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

// Also as keyboards for Chinese, Japanese and Arabic write it.
bool is_question_mark(std::string_view typed) {
    constexpr std::array<std::string_view, 3> marks{"?", "\xef\xbc\x9f", "\xd8\x9f"};
    const auto* const mark =
        std::ranges::find_if(marks, [&](std::string_view one) { return typed.find(one) != typed.npos; });
    if (mark == marks.end()) return false;
    const std::size_t at = typed.find(*mark);
    return is_blank(typed.substr(0, at)) && is_blank(typed.substr(at + mark->size()));
}

// Ten letters and digits that stand together, or with a sign at one end, may be a password.
bool is_in_groups(const PastedSymbols& typed) {
    return typed.parted || typed.groups == std::vector<std::size_t>{5, 5};
}

// Recovery codes beside each other, as a screen shows them: their groups of four, and perhaps numbers of rows.
bool is_row_of_codes(const PastedSymbols& typed) {
    const auto fours = std::ranges::count(typed.groups, std::size_t{4});
    return fours >= 8 &&
           std::ranges::all_of(typed.groups, [](std::size_t size) { return size <= 2 || size == 4; });
}

bool is_row_of_digits(const PastedSymbols& typed) {
    return typed.symbols.size() >= 2 * fewest_digits &&
           std::ranges::all_of(typed.groups, [](std::size_t size) {
               return size == fewest_digits / 2 || (size >= most_digits / 2 && size <= most_digits);
           });
}

}  // namespace

TypedAnswer classify(std::string_view typed) {
    if (is_question_mark(typed)) return AskedForHelp{};
    if (is_from_sshd(typed)) return ReplacedBySshd{};
    std::optional<Secret> digits = pasted_digits(typed);
    if (digits && digits->size() >= fewest_digits && digits->size() <= most_digits)
        return TypedOtp{std::move(*digits)};
    std::optional<otp::NormalizedRecoveryCode> code = otp::normalize_recovery_code(typed);
    if (code) return std::move(*code);
    const std::optional<PastedSymbols> pasted = pasted_symbols(without_caption(typed));
    if (!pasted) return NotACode{};
    std::optional<otp::OneTimeCode> one_time = otp::normalize_one_time_code(typed);
    if (one_time && is_in_groups(*pasted)) return std::move(*one_time);
    if (is_row_of_codes(*pasted) || (digits && is_row_of_digits(*pasted))) return SeveralCodes{};
    return NotACode{};
}

}  // namespace secondstep::dialogue
