#include "migration/formats/spelled_key.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace secondstep::tool {
namespace {

constexpr std::size_t fewest_sure_digits = 32;
constexpr std::size_t fewest_doubtful_digits = 8;

bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_base32_symbol(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7') || c == '=';
}

bool is_layout(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-' || c == ':';
}

bool is_hexadecimal(std::string_view text) {
    return !text.empty() && text.size() % 2 == 0 && std::ranges::all_of(text, is_hex_digit);
}

bool is_base32(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_base32_symbol);
}

Secret without_layout(std::string_view text) {
    Secret symbols;
    for (const char c : text) {
        if (!is_layout(c)) symbols.push_back(c);
    }
    return symbols;
}

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

// What stands before the digits of a hexadecimal key to say so.
std::string_view without_prefix(std::string_view text) {
    for (const std::string_view prefix : {"0x", "hex:"}) {
        if (begins_with(text, prefix)) return text.substr(prefix.size());
    }
    return text;
}

std::unexpected<Error> no_hexadecimal(std::string_view symbols) {
    if (symbols.size() % 2 != 0 && std::ranges::all_of(symbols, is_hex_digit))
        return invalid("The key has an odd number of hexadecimal digits: one is missing, or one too many.");
    if (is_base32(symbols)) return invalid("The key is not hexadecimal; it looks like base32.");
    return invalid("The key is not hexadecimal.");
}

std::unexpected<Error> neither(std::string_view symbols) {
    if (symbols.empty()) return invalid("The key is empty.");
    if (std::ranges::all_of(symbols, is_hex_digit)) return no_hexadecimal(symbols);
    if (begins_with(symbols, "otpauth")) return invalid("The key is a URI; import otpauth reads those.");
    return invalid("The key is neither base32 nor hexadecimal.");
}

const otp::Remark in_two_ways{
    "The key can be read as base32 and as hexadecimal: write base32: or hex: in front of it, or say it of the whole "
    "column by --columns secret-hex=HEADER.",
    true};
const otp::Remark hexadecimal_after_all{
    "The file should have its key in base64, and it is written in hexadecimal: it was read as that."};

}  // namespace

Result<SpelledKey> SpelledKey::of(std::string_view text, Spelling spelling) {
    if (spelling == Spelling::base64) {
        Secret value = without_layout(text);
        const std::string_view symbols = value.text();
        if (!is_hexadecimal(symbols) || symbols.size() < fewest_doubtful_digits)
            return SpelledKey(Secret::copy_of(text), Spelling::base64);
        if (symbols.size() < fewest_sure_digits)
            return invalid(
                "The key can be read as base64 and as hexadecimal, and nobody can tell which it is.");
        SpelledKey key(std::move(value), Spelling::hexadecimal);
        key.remark_ = hexadecimal_after_all;
        return key;
    }
    text = trimmed(text);
    if (begins_with(text, "base32:")) return of(text.substr(7), Spelling::base32);
    const std::string_view bare = without_prefix(text);
    const bool says_hex = bare.size() != text.size();
    Secret symbols = without_layout(bare);
    const bool hexadecimal = is_hexadecimal(symbols.text());
    const bool base32 = is_base32(symbols.text());
    if (spelling == Spelling::hexadecimal || says_hex) {
        if (!hexadecimal) return no_hexadecimal(symbols.text());
        return SpelledKey(std::move(symbols), Spelling::hexadecimal);
    }
    if (spelling == Spelling::base32) return SpelledKey(std::move(symbols), Spelling::base32);
    if (!hexadecimal && !base32) return neither(symbols.text());
    SpelledKey key(std::move(symbols), base32 ? Spelling::base32 : Spelling::hexadecimal);
    if (hexadecimal && base32) key.remark_ = in_two_ways;
    return key;
}

otp::WrittenKey SpelledKey::written() const {
    switch (found_) {
        case Spelling::hexadecimal:
            return otp::HexText{symbols_.text()};
        case Spelling::base64:
            return otp::Base64Text{symbols_.text()};
        case Spelling::base32:
        case Spelling::as_it_looks:
            break;
    }
    return otp::Base32Text{symbols_.text()};
}

}  // namespace secondstep::tool
