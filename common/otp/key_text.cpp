#include "otp/key_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/pasted_text.h"
#include "base/text.h"
#include "encoding/hex.h"
#include "otp/foreign_key.h"
#include "otp/key_fields.h"
#include "otp/key_symbols.h"
#include "otp/migration.h"
#include "otp/otpauth_uri.h"

namespace secondstep::otp {
namespace {

constexpr std::size_t longest_text = 4096;

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

bool is_no_base32_digit(char c) {
    return c == '0' || c == '1' || c == '8' || c == '9';
}

// "31:32:33": what else has a ':' between its bytes?
bool is_in_pairs(std::string_view text) {
    const auto pairs = split(text, ':');
    return pairs.size() > 1 && std::ranges::all_of(pairs, [](std::string_view pair) {
               return pair.size() == 2 && std::ranges::all_of(pair, is_hex_digit);
           });
}

bool has_foreign_letters(std::string_view word) {
    return std::ranges::any_of(word, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// Of "Setup key", "Your secret key (keep it safe)", "2FA": words, and none of them what may be a key. A letter that
// no key has makes a word.
bool is_a_caption(std::string_view text) {
    constexpr std::size_t longest_word = 12;
    bool known = false;
    std::string word;
    const auto ends_well = [&] {
        const bool has_digit = std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
        const bool good = word.size() <= longest_word && (!has_digit || is_of_a_caption(word));
        known = known || is_of_a_caption(word) || has_foreign_letters(word);
        word.clear();
        return good;
    };
    while (!text.empty()) {
        const std::string_view before = text;
        const PastedCharacter next = take_pasted_character(text);
        if (next.kind == PastedCharacter::Kind::broken) return false;
        if (is_layout(next.kind)) {
            if (!ends_well()) return false;
        } else {
            word += lowercase_ascii(before.substr(0, before.size() - text.size()));
        }
    }
    return ends_well() && known;
}

struct Captioned {
    std::string_view key;
    bool had_caption = false;
};

// "Setup key: JBSW ..." without the caption. A ':' behind what may be half of a key is refused: the other half
// would make codes that are wrong, and nobody would know.
Result<Captioned> without_caption_of_key(std::string_view text) {
    text = without_padding(text);
    const std::size_t end = text.find_first_of(":=");
    if (end == std::string_view::npos) return Captioned{text};
    const std::string_view rest = text.substr(end + 1);
    if (!is_a_caption(text.substr(0, end)) || rest.find_first_of(":=") != std::string_view::npos)
        return invalid("a key has no ':' or '=' in it: give the key alone, " + std::string(key_example));
    return Captioned{rest, true};
}

// Base32 was tried and it is not hexadecimal either: what kind of mistake is it?
std::unexpected<Error> neither(std::string_view symbols, const Error& as_base32) {
    if (std::ranges::none_of(symbols, is_no_base32_digit)) return fail(Errc::invalid, as_base32.detail);
    if (std::ranges::all_of(symbols, is_hex_digit))
        return invalid("a hexadecimal key has two digits for each byte: one is missing, or one too many");
    return invalid("a base32 key has no 0, 1, 8 or 9: is it the letter O, I or B? It looks like this: " +
                   std::string(key_example));
}

Result<KeyText> plain(Result<DescribedKey> described) {
    if (!described) return std::unexpected(std::move(described.error()));
    return KeyText{std::move(*described)};
}

Result<KeyText> hexadecimal(std::string_view text) {
    const auto symbols = key_symbols(text);
    if (!symbols) return std::unexpected(symbols.error());
    return plain(describe({.key = HexText{symbols->text.text()}}));
}

// A word of four letters before or behind groups of four is one of them, but for the size that the key has then.
Result<DescribedKey> described(const KeySymbols& symbols, std::string_view type) {
    auto key = describe({.key = Base32Text{symbols.text.text()}, .type = type});
    if (!key || !symbols.in_groups || !is_an_unusual_size(key->key.key.size())) return key;
    key->remarks.push_back(
        {"The key has " + std::to_string(key->key.key.size()) +
             " bytes, which is unusual: is a word beside it among its groups? If all of it is the "
             "key, write it without blanks.",
         true});
    return key;
}

Result<KeyText> base32(std::string_view text, std::string_view type = {}) {
    const auto symbols = key_symbols(text);
    if (!symbols) return std::unexpected(symbols.error());
    return plain(described(*symbols, type));
}

// A code, or a word: nobody's key is that short unless they say so.
Result<KeyText> long_enough(Result<KeyText> key) {
    if (key && key->described.key.key.size() < shortest_usual_key)
        return invalid("this is too short for a key; is it a code, or a word? A key looks like this: " +
                       std::string(key_example));
    return key;
}

Result<KeyText> either(std::string_view text) {
    const auto symbols = key_symbols(text);
    if (!symbols) return std::unexpected(symbols.error());
    auto from_hex = hex_decode(symbols->text.text());
    const bool is_hex = from_hex && from_hex->size() <= longest_key;
    auto key = described(*symbols, {});
    if (key && !is_hex) return KeyText{std::move(*key)};
    if (key) return KeyText{std::move(*key), std::move(*from_hex)};
    if (from_hex) return plain(describe({.key = HexText{symbols->text.text()}}));
    return neither(symbols->text.text(), key.error());
}

Result<KeyText> as_spelled(std::string_view text, std::optional<KeySpelling> spelling) {
    if (!spelling) return long_enough(either(text));
    switch (*spelling) {
        case KeySpelling::hexadecimal:
            return hexadecimal(text);
        case KeySpelling::base32:
            return base32(text);
        case KeySpelling::either:
            break;
    }
    return either(text);
}

Result<KeyText> key_alone(std::string_view text, std::optional<KeySpelling> spelling) {
    for (const std::string_view prefix : {"0x", "hex:"}) {
        if (begins_with(text, prefix)) return hexadecimal(text.substr(prefix.size()));
    }
    if (begins_with(text, "base32:")) return base32(text.substr(7));
    if (begins_with(text, "steam://")) return base32(text.substr(8), "steam");
    if (is_in_pairs(text)) {
        Secret digits = Secret::copy_of(text);
        std::ranges::replace(digits.bytes(), std::uint8_t{':'}, std::uint8_t{' '});
        return hexadecimal(digits.text());
    }
    const auto captioned = without_caption_of_key(text);
    if (!captioned) return std::unexpected(captioned.error());
    if (!captioned->had_caption) return as_spelled(captioned->key, spelling);
    auto key = key_alone(trimmed(captioned->key), spelling);
    if (key)
        key->described.remarks.push_back(
            {"The words in front of the key are passed over: they are no part of it."});
    return key;
}

// What was cut off says so at its end, where a final period may stand too.
Result<KeyText> whole_key(std::string_view text, std::string_view inner,
                          std::optional<KeySpelling> spelling) {
    if (is_cut(text)) return std::unexpected(key_symbols(text).error());
    return key_alone(inner, spelling);
}

// Without what stands around it.
Result<std::string_view> inner_text(std::string_view text) {
    if (text.size() > longest_text) return invalid("a security key is shorter than 4096 bytes");
    // A whole file, with its brackets and its lines.
    if (auto why = why_no_key(text)) return invalid(std::move(*why));
    const std::string_view inner = without_surroundings(text);
    if (is_migration_uri(inner))
        return invalid("this is an export of an authenticator app and not the key of one account");
    return inner;
}

}  // namespace

Result<KeyText> parse_key_text(std::string_view text) {
    const auto inner = inner_text(text);
    if (!inner) return std::unexpected(inner.error());
    // "uri: otpauth://...", "[link](otpauth://...)"
    const std::size_t address = lowercase_ascii(*inner).find("otpauth://");
    if (address != std::string::npos) return plain(parse_otpauth_uri(inner->substr(address)));
    return whole_key(text, *inner, std::nullopt);
}

Result<KeyText> parse_key_text(std::string_view text, KeySpelling spelling) {
    const auto inner = inner_text(text);
    if (!inner) return std::unexpected(inner.error());
    if (is_otpauth_uri(*inner))
        return invalid("this is a whole address, and the key alone should stand there");
    return whole_key(text, *inner, spelling);
}

}  // namespace secondstep::otp
