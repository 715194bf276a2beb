#include "base/utf8.h"

#include <cstdint>

namespace secondstep {
namespace {

struct Lead {
    std::size_t length;  // 0: no character begins with this byte
    char32_t bits;
    char32_t smallest;  // below it the form is overlong
};

Lead lead_of(std::uint8_t byte) {
    if (byte < 0x80) return {1, byte, 0};
    if (byte < 0xc2) return {0, 0, 0};
    if (byte < 0xe0) return {2, byte & 0x1fU, 0x80};
    if (byte < 0xf0) return {3, byte & 0x0fU, 0x800};
    if (byte < 0xf5) return {4, byte & 0x07U, 0x10000};
    return {0, 0, 0};
}

std::optional<char32_t> first_character(std::string_view text, const Lead& lead) {
    if (lead.length == 0 || text.size() < lead.length) return std::nullopt;
    char32_t value = lead.bits;
    for (std::size_t i = 1; i < lead.length; ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        if ((byte & 0xc0) != 0x80) return std::nullopt;
        value = value << 6 | (byte & 0x3fU);
    }
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < lead.smallest || value > 0x10ffff || surrogate) return std::nullopt;
    return value;
}

}  // namespace

std::optional<char32_t> take_character(std::string_view& rest) {
    const Lead lead = lead_of(static_cast<std::uint8_t>(rest.front()));
    const std::optional<char32_t> character = first_character(rest, lead);
    rest.remove_prefix(character ? lead.length : 1);
    return character;
}

}  // namespace secondstep
