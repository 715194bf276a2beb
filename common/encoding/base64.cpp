#include "encoding/base64.h"

#include <cstdint>
#include <optional>

namespace secondstep::otp {
namespace {

std::optional<std::uint32_t> value_of(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a') + 26;
    if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0') + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return std::nullopt;
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Text without the at most two '=' at its end, and the spaces around them.
std::string_view without_padding(std::string_view text) {
    std::size_t padding = 0;
    while (!text.empty() && (is_space(text.back()) || (text.back() == '=' && padding < 2))) {
        if (text.back() == '=') ++padding;
        text.remove_suffix(1);
    }
    return text;
}

}  // namespace

Secret base64_encode(std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    Secret out;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view three = bytes.substr(at, 3);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8 | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            out.push_back(i <= three.size() ? digits[group >> (18 - 6 * i) & 0x3f] : '=');
    }
    return out;
}

Result<Secret> base64_decode(std::string_view text) {
    const std::string_view symbols = without_padding(text);
    Secret out(symbols.size() / 4 * 3 + 3);
    std::size_t size = 0;
    std::uint32_t waiting = 0;
    unsigned bits = 0;
    for (const char c : symbols) {
        if (is_space(c)) continue;
        const auto value = value_of(c);
        if (!value) return fail(Errc::invalid, "not base64: another character than its sixty-four");
        waiting = (waiting << 6 | *value) & 0xfff;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out.bytes()[size++] = static_cast<std::uint8_t>(waiting >> bits);
        waiting &= (1U << bits) - 1;
    }
    if (bits >= 6 || waiting != 0) return fail(Errc::invalid, "base64 that is cut short");
    out.truncate(size);
    return out;
}

}  // namespace secondstep::otp
