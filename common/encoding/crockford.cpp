#include "encoding/crockford.h"

#include <cstdint>

namespace secondstep::otp {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// The symbol that was meant, or nothing.
std::optional<char> symbol_of(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') return '0';
    if (c == 'I' || c == 'L') return '1';
    if (alphabet.find(c) == std::string_view::npos) return std::nullopt;
    return c;
}

}  // namespace

Secret random_symbols(std::size_t count, std::size_t group, Randomness& randomness) {
    // One random byte for each symbol: 256 is a multiple of 32, so every symbol is equally likely.
    const Secret random = randomness.secret(count);
    Secret code(count + (count - 1) / group);
    std::size_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (i != 0 && i % group == 0) code.bytes()[at++] = '-';
        code.bytes()[at++] = static_cast<std::uint8_t>(alphabet[random.bytes()[i] % alphabet.size()]);
    }
    return code;
}

std::optional<Secret> crockford_symbols(std::string_view plain) {
    Secret symbols(plain.size());
    for (std::size_t i = 0; i < plain.size(); ++i) {
        const auto symbol = symbol_of(plain[i]);
        if (!symbol) return std::nullopt;
        symbols.bytes()[i] = static_cast<std::uint8_t>(*symbol);
    }
    return symbols;
}

Secret crockford_text(ByteView bytes, std::size_t group) {
    const std::size_t count = bytes.size() * 8 / 5;
    Secret text;
    text.reserve(count + count / group);
    unsigned bits = 0;  // those that are not written yet, the lowest `held` ones
    unsigned held = 0;
    std::size_t written = 0;
    for (const std::uint8_t byte : bytes) {
        bits = (bits << 8U | byte) & 0xfffU;
        for (held += 8; held >= 5; held -= 5, ++written) {
            if (written != 0 && written % group == 0) text.push_back('-');
            text.push_back(alphabet[bits >> (held - 5) & 31U]);
        }
    }
    return text;
}

std::optional<Secret> crockford_bytes(std::string_view symbols) {
    if (symbols.size() % 8 != 0) return std::nullopt;
    Secret bytes(symbols.size() / 8 * 5);
    unsigned bits = 0;
    unsigned held = 0;
    std::size_t at = 0;
    for (const char c : symbols) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 5U | static_cast<unsigned>(value)) & 0xfffU;
        held += 5;
        if (held < 8) continue;
        held -= 8;
        bytes.bytes()[at++] = static_cast<std::uint8_t>(bits >> held);
    }
    return bytes;
}

}  // namespace secondstep::otp
