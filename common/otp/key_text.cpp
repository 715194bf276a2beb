#include "otp/key_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "encoding/base32.h"
#include "encoding/hex.h"
#include "otp/migration.h"

namespace secondstep::otp {
namespace {

constexpr std::size_t longest_text = 4096;
constexpr std::string_view example = "for example JBSW Y3DP EHPK 3PXP";

std::unexpected<Error> invalid(std::string_view why) {
    return fail(Errc::invalid, std::string(why));
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view without_outer_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

// How many bytes at the front are layout: what people copy along from web pages is there in UTF-8.
std::size_t length_of_separator(std::string_view rest) {
    constexpr std::array<std::string_view, 4> pasted{"\xc2\xa0", "\xe2\x80\x8b", "\xe2\x80\x91",
                                                     "\xef\xbb\xbf"};
    if (is_blank(rest.front()) || rest.front() == '-' || rest.front() == ':') return 1;
    for (const std::string_view one : pasted) {
        if (rest.starts_with(one)) return one.size();
    }
    return 0;
}

Secret without_separators(std::string_view text) {
    Secret out;
    while (!text.empty()) {
        const std::size_t separator = length_of_separator(text);
        if (separator == 0) out.push_back(text.front());
        text.remove_prefix(std::max<std::size_t>(separator, 1));
    }
    return out;
}

Result<Secret> bounded(Result<Secret> key) {
    if (key && key->empty()) return fail(Errc::invalid, "the key is empty; " + std::string(example));
    if (key && key->size() > longest_key) return invalid("a key has at most 128 bytes");
    return key;
}

Result<Secret> parse_hex(std::string_view text) {
    const Secret digits = without_separators(text);
    return bounded(hex_decode(digits.text()));
}

bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_no_base32_digit(char c) {
    return c == '0' || c == '1' || c == '8' || c == '9';
}

// Base32 was tried and it is not hexadecimal either: what kind of mistake is it?
std::unexpected<Error> neither(std::string_view symbols, const Error& as_base32) {
    if (std::ranges::none_of(symbols, is_no_base32_digit)) return fail(Errc::invalid, as_base32.detail);
    if (std::ranges::all_of(symbols, is_hex_digit))
        return invalid("a hexadecimal key has two digits for each byte: one is missing, or one too many");
    if (std::ranges::all_of(symbols, is_letter_or_digit))
        return invalid("a base32 key has no 0, 1, 8 or 9: is it the letter O, I or B? It looks like this: " +
                       std::string(example));
    return invalid("a key has letters and digits only, " + std::string(example));
}

Result<Secret> parse_symbols(std::string_view text) {
    const Secret symbols = without_separators(text);
    if (symbols.empty()) return invalid("no key; " + std::string(example));
    auto key = base32_decode(symbols.text());
    if (key) return bounded(std::move(key));
    if (auto from_hex = hex_decode(symbols.text())) return bounded(std::move(from_hex));
    return neither(symbols.text(), key.error());
}

Result<Secret> parse_key(std::string_view text) {
    for (const std::string_view prefix : {"0x", "hex:"}) {
        if (begins_with(text, prefix)) return parse_hex(text.substr(prefix.size()));
    }
    return parse_symbols(text);
}

}  // namespace

Result<KeyText> parse_key_text(std::string_view text) {
    if (text.size() > longest_text) return invalid("a security key is shorter than 4096 bytes");
    const std::string_view inner = without_outer_blanks(text);
    if (is_migration_uri(inner))
        return invalid("this is an export of an authenticator app and not the key of one account");
    if (begins_with(inner, "otpauth:")) {
        auto uri = parse_otpauth_uri(inner);
        if (!uri) return std::unexpected(std::move(uri.error()));
        return std::move(*uri);
    }
    auto key = parse_key(inner);
    if (!key) return std::unexpected(std::move(key.error()));
    return std::move(*key);
}

}  // namespace secondstep::otp
