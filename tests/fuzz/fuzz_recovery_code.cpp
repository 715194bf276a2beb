#include <cstdlib>

#include "otp/recovery_codes.h"

using namespace secondstep;

// What is taken for a code has the length of its form, and its symbols alone mean the same code.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret typed = Secret::copy_of(ByteView(data, size));
    const auto code = otp::normalize_recovery_code(typed.text());
    if (!code) return 0;
    if (code->symbols.size() != otp::symbols_of(code->form)) std::abort();
    const auto again = otp::normalize_recovery_code(code->symbols.text());
    if (!again || again->form != code->form || !equal_in_constant_time(again->symbols, code->symbols))
        std::abort();
    return 0;
}
