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

}  // namespace secondstep::otp
