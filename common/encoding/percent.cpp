#include "encoding/percent.h"

#include <charconv>
#include <cstdint>
#include <system_error>

namespace secondstep::otp {

std::optional<Secret> percent_decoded(std::string_view text) {
    Secret out(text.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto byte = static_cast<std::uint8_t>(text[i]);
        if (text[i] == '%') {
            const std::string_view digits = text.substr(i + 1, 2);
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
            if (error != std::errc{} || end != text.data() + i + 3) return std::nullopt;
            i += 2;
        }
        out.bytes()[size++] = byte;
    }
    out.truncate(size);
    return out;
}

}  // namespace secondstep::otp
