#include <cstdlib>

#include "encoding/base32.h"
#include "otp/key_text.h"

using namespace secondstep;

// A key that was read is one to 128 bytes, and reads the same from its base32; errors repeat nothing long.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Secret input = Secret::copy_of(ByteView(data, size));
    const auto text = otp::parse_key_text(input.text());
    if (!text) return 0;
    if (const auto* uri = std::get_if<otp::OtpauthUri>(&*text)) {
        if (!otp::to_text(*uri)) std::abort();
        return 0;
    }
    const Secret& key = std::get<Secret>(*text);
    if (key.empty() || key.size() > otp::longest_key) std::abort();
    const auto again = otp::parse_key_text(otp::base32_encode(key.bytes()).text());
    if (!again || !equal_in_constant_time(std::get<Secret>(*again), key)) std::abort();
    return 0;
}
