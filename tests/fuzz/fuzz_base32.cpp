#include <cstdlib>

#include "encoding/base32.h"

using namespace secondstep;

// Every sequence of bytes comes back from its text; every text that is read is read
// the same from its plain form.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    const auto back = otp::base32_decode(otp::base32_encode(input).text());
    if (!back || !equal_in_constant_time(back->bytes(), input)) std::abort();
    const Secret typed = Secret::copy_of(input);
    const auto key = otp::base32_decode(typed.text());
    if (!key) return 0;
    const Secret grouped = otp::in_groups_of_four(otp::base32_encode(key->bytes()));
    const auto again = otp::base32_decode(grouped.text());
    if (!again || !equal_in_constant_time(*again, *key)) std::abort();
    return 0;
}
