#include <cstdlib>
#include <optional>

#include "otp/recovery_codes.h"

using namespace secondstep;

namespace {

using Normalize = std::optional<otp::NormalizedRecoveryCode> (*)(std::string_view);

// What is taken for a code has the length of its form, and its symbols alone mean the same code.
bool is_taken(Normalize normalize, std::string_view typed) {
    const auto code = normalize(typed);
    if (!code) return false;
    if (code->symbols.size() != otp::symbols_of(code->form)) std::abort();
    const auto again = normalize(code->symbols.text());
    if (!again || again->form != code->form || !equal_in_constant_time(again->symbols, code->symbols))
        std::abort();
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret typed = Secret::copy_of(ByteView(data, size));
    const bool recovery = is_taken(otp::normalize_recovery_code, typed.text());
    const bool scratch = is_taken(otp::normalize_scratch_code, typed.text());
    if (recovery && scratch) std::abort();  // the one is not throttled
    return 0;
}
