#include <cstdlib>

#include "encoding/base32.h"
#include "otp/key_text.h"
#include "otp/otpauth_uri.h"

using namespace secondstep;

// A key that was read is one to 128 bytes, and reads the same from its base32.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret input = Secret::copy_of(ByteView(data, size));
    const auto text = otp::parse_key_text(input.text());
    if (!text) return 0;
    const Secret& key = text->described.key.key;
    if (key.empty() || key.size() > otp::longest_key) std::abort();
    if (text->as_hexadecimal &&
        (text->as_hexadecimal->empty() || text->as_hexadecimal->size() > otp::longest_key))
        std::abort();
    Secret written = Secret::copy_of(std::string_view("base32:"));
    written.append(otp::base32_encode(key.bytes()).bytes());
    const auto again = otp::parse_key_text(written.text());
    if (!again || !equal_in_constant_time(again->described.key.key, key)) std::abort();
    return 0;
}
