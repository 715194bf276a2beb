#include <cstdlib>

#include "otp/otpauth_uri.h"

using namespace secondstep;

// What is read can be written, and what was written is read again as the same text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret input = Secret::copy_of(ByteView(data, size));
    const auto uri = otp::parse_otpauth_uri(input.text());
    if (!uri) return 0;
    const auto text = otp::to_text(*uri);
    if (!text) std::abort();
    const auto again = otp::parse_otpauth_uri(text->text());
    // An encoded name is up to three times as long, and stands there twice, so it may be over the bound.
    if (!again && text->size() > 4096) return 0;
    if (!again || !equal_in_constant_time(again->key, uri->key)) std::abort();
    if (otp::to_text(*again)->text() != text->text()) std::abort();
    return 0;
}
