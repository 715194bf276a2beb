#include <algorithm>
#include <cstdlib>
#include <variant>

#include "base/pasted_text.h"
#include "otp/typed_answer.h"

using namespace secondstep;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool is_symbol(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// What is taken for a code is read as the same code from its symbols alone, so that nothing about it counts.
void check(const dialogue::TypedAnswer& answer) {
    if (const auto* otp = std::get_if<dialogue::TypedOtp>(&answer)) {
        require(otp->digits.size() >= 6 && otp->digits.size() <= 8);
        const auto again = dialogue::classify(otp->digits.text());
        const auto* same = std::get_if<dialogue::TypedOtp>(&again);
        require(same != nullptr && same->digits.text() == otp->digits.text());
    }
    if (const auto* code = std::get_if<otp::NormalizedRecoveryCode>(&answer)) {
        const auto again = dialogue::classify(code->symbols.text());
        const auto* same = std::get_if<otp::NormalizedRecoveryCode>(&again);
        require(same != nullptr && same->symbols.text() == code->symbols.text());
    }
    if (const auto* code = std::get_if<otp::OneTimeCode>(&answer)) {
        const auto again = otp::normalize_one_time_code(code->symbols.text());
        require(again && again->symbols.text() == code->symbols.text());
    }
}

void check_symbols(std::string_view typed) {
    const auto pasted = pasted_symbols(typed);
    if (!pasted) return;
    std::size_t in_groups = 0;
    for (const std::size_t size : pasted->groups)
        in_groups += size;
    require(in_groups == pasted->symbols.size());
    require(std::ranges::all_of(pasted->symbols.text(), is_symbol));
    require(pasted->symbols.size() <= typed.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret typed = Secret::copy_of(ByteView(data, size));
    check(dialogue::classify(typed.text()));
    check_symbols(typed.text());
    const std::string_view inner = without_outer_blanks(typed.text());
    require(inner.size() <= typed.size() && without_outer_blanks(inner) == inner);
    require(is_blank(typed.text()) == inner.empty());
    require(typed.text().ends_with(without_caption(typed.text())));
    return 0;
}
