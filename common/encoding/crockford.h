#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/randomness.h"
#include "base/secret.h"

// Crockford's base 32, in which codes that people read and type are written: without I, L and O, which look
// like digits, and without U. https://www.crockford.com/base32.html
namespace secondstep::otp {

// Random symbols, upper case, a dash after every `group` of them: (16, 4) => "7K3M-9QXT-2HVB-W4ZD". Five bits
// a symbol.
[[nodiscard]] Secret random_symbols(std::size_t count, std::size_t group, Randomness& randomness);

// Letters and digits as somebody typed them, as the symbols that were meant: O => 0, I and L => 1, upper case.
// Returns nullopt if something else is among them; U is no symbol.
[[nodiscard]] std::optional<Secret> crockford_symbols(std::string_view plain);

// Bytes as symbols, eight for five of them, a dash after every `group`; their number is a multiple of five.
[[nodiscard]] Secret crockford_text(ByteView bytes, std::size_t group);
// The bytes that symbols (as crockford_symbols() makes them) stand for. Returns nullopt if they are no multiple of eight,
// or something else is among them.
[[nodiscard]] std::optional<Secret> crockford_bytes(std::string_view symbols);

}  // namespace secondstep::otp
