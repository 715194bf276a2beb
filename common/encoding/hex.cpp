#include "encoding/hex.h"

#include <cstdint>
#include <optional>

namespace secondstep::otp {
namespace {

std::optional<unsigned> value_of(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
    return std::nullopt;
}

}  // namespace

bool is_hex_digit(char c) {
    return value_of(c).has_value();
}

Result<Secret> hex_decode(std::string_view text) {
    if (text.size() % 2 != 0) return fail(Errc::invalid, "a hexadecimal key has two digits for each byte");
    Secret out(text.size() / 2);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto high = value_of(text[2 * i]);
        const auto low = value_of(text[2 * i + 1]);
        if (!high || !low)
            return fail(Errc::invalid, "a hexadecimal key has only the digits 0 to 9 and A to F");
        out.bytes()[i] = static_cast<std::uint8_t>(*high << 4 | *low);
    }
    return out;
}

}  // namespace secondstep::otp
