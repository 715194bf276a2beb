#include "migration/formats/spelled_key.h"

#include <algorithm>
#include <string>
#include <utility>

#include "encoding/hex.h"
#include "migration/formats/key_cell.h"

namespace secondstep::tool {
namespace {

constexpr std::size_t fewest_sure_symbols = 32;
constexpr std::size_t fewest_doubtful_symbols = 8;

bool is_layout(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-' || c == ':';
}

bool is_hexadecimal(std::string_view symbols) {
    return symbols.size() % 2 == 0 && std::ranges::all_of(symbols, otp::is_hex_digit);
}

bool is_base32_digit(char c) {
    return c >= '2' && c <= '7';
}

// In one case of letters, and of a length that whole bytes have; the padding may be left out, and is no other than
// base32's (RFC 4648 section 6).
bool is_base32(std::string_view symbols) {
    const std::size_t size = std::min(symbols.find('='), symbols.size());
    const std::size_t padding = symbols.size() - size;
    const std::size_t rest = size % 8;
    if (rest == 1 || rest == 3 || rest == 6 || (padding != 0 && padding != (8 - rest) % 8)) return false;
    symbols = symbols.substr(0, size);
    return std::ranges::all_of(symbols,
                               [](char c) { return is_base32_digit(c) || (c >= 'A' && c <= 'Z'); }) ||
           std::ranges::all_of(symbols, [](char c) { return is_base32_digit(c) || (c >= 'a' && c <= 'z'); });
}

Secret without_layout(std::string_view text) {
    Secret symbols;
    for (const char c : text) {
        if (!is_layout(c)) symbols.push_back(c);
    }
    return symbols;
}

std::string_view to_text(otp::KeySpelling spelling) {
    return spelling == otp::KeySpelling::hexadecimal ? "hexadecimal" : "base32";
}

otp::Remark after_all(otp::KeySpelling spelling) {
    return {"The file should have its key in base64, and it is written in " + std::string(to_text(spelling)) +
            ": it was read as that."};
}

std::unexpected<Error> nobody_can_tell(otp::KeySpelling spelling) {
    return fail(Errc::invalid, "The key can be read as base64 and as " + std::string(to_text(spelling)) +
                                   ", and nobody can tell which it is.");
}

}  // namespace

Result<SpelledKey> SpelledKey::of(std::string_view text) {
    const Secret symbols = without_layout(text);
    const bool hexadecimal = is_hexadecimal(symbols.text());
    const bool other = hexadecimal || is_base32(symbols.text());
    if (!other || symbols.size() < fewest_doubtful_symbols)
        return SpelledKey(Secret::copy_of(text), true, {});
    const auto spelling = hexadecimal ? otp::KeySpelling::hexadecimal : otp::KeySpelling::base32;
    if (symbols.size() < fewest_sure_symbols) return nobody_can_tell(spelling);
    auto key = read_key_cell(text, spelling);
    if (!key) return std::unexpected(key.error());
    auto remarks = std::move(key->described.remarks);
    remarks.push_back(after_all(spelling));
    return SpelledKey(std::move(key->described.key.key), false, std::move(remarks));
}

otp::WrittenKey SpelledKey::written() const {
    if (is_base64_) return otp::Base64Text{key_.text()};
    return otp::KeyBytes{key_.bytes()};
}

}  // namespace secondstep::tool
