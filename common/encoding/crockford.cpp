#include "encoding/crockford.h"

namespace secondstep::otp {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

bool is_separator(char c) {
    return c == ' ' || c == '-';
}

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

std::optional<Secret> typed_symbols(std::string_view typed, std::size_t most) {
    Secret symbols(most);
    std::size_t size = 0;
    for (const char c : typed) {
        if (is_separator(c)) continue;
        const auto symbol = symbol_of(c);
        if (!symbol || size == most) return std::nullopt;
        symbols.bytes()[size++] = static_cast<std::uint8_t>(*symbol);
    }
    symbols.truncate(size);
    return symbols;
}

}  // namespace secondstep::otp
