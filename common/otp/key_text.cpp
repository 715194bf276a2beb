#include "otp/key_text.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/pasted_text.h"
#include "base/text.h"
#include "encoding/hex.h"
#include "otp/foreign_key.h"
#include "otp/key_fields.h"
#include "otp/migration.h"
#include "otp/otpauth_uri.h"

namespace secondstep::otp {
namespace {

constexpr std::size_t longest_text = 4096;
constexpr std::string_view example = "for example JBSW Y3DP EHPK 3PXP";

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

// The one line of it that is not blank.
Result<std::string_view> only_line_of(std::string_view text) {
    std::string_view found;
    for (const std::string_view line : split(text, '\n')) {
        if (is_blank(line)) continue;
        if (!found.empty())
            return invalid(
                "this is more than one line, and what is not the key would make other codes: give the "
                "line with the key alone");
        found = line;
    }
    return found;
}

// Blanks, dashes, quotes, brackets, a final period: what may stand around a key. A '!' may be an I.
bool surrounds(std::string_view character, PastedCharacter::Kind kind) {
    constexpr std::string_view of_ascii = "\"'`<>()[]{}.,;*";
    if (kind == PastedCharacter::Kind::blank || kind == PastedCharacter::Kind::dash) return true;
    if (kind != PastedCharacter::Kind::mark) return false;
    return character.size() > 1 || of_ascii.find(character) != std::string_view::npos;
}

std::string_view without_surroundings(std::string_view text) {
    std::size_t begin = text.size();
    std::size_t end = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t at = text.size() - rest.size();
        const auto kind = take_pasted_character(rest).kind;
        const std::size_t after = text.size() - rest.size();
        if (surrounds(text.substr(at, after - at), kind)) continue;
        begin = std::min(begin, at);
        end = after;
    }
    return begin < end ? text.substr(begin, end - begin) : std::string_view{};
}

// Base32 ends with up to six of them.
std::string_view without_padding(std::string_view text) {
    while (text.ends_with('=') || text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

// A mark in the middle of a key may be a symbol that was read wrongly; one that is not seen is none.
bool has_marks(std::string_view text) {
    while (!text.empty()) {
        const bool is_ascii = static_cast<unsigned char>(text.front()) < 0x80;
        if (take_pasted_character(text).kind == PastedCharacter::Kind::mark && is_ascii) return true;
    }
    return false;
}

bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
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

// Of the captions that pages put in front of a key. Most of them are base32 by accident.
bool is_of_a_caption(std::string_view word) {
    constexpr std::array<std::string_view, 19> words{"key",   "secret", "setup",  "code",       "passcode",
                                                     "token", "seed",   "manual", "security",   "shared",
                                                     "otp",   "totp",   "2fa",    "schluessel", "geheimnis",
                                                     "clave", "chiave", "chave",  "sleutel"};
    return std::ranges::find(words, word) != words.end();
}

// The groups of symbols as they stand between layout.
std::vector<std::string_view> groups_of(const PastedSymbols& pasted) {
    std::vector<std::string_view> groups;
    std::string_view rest = pasted.symbols.text();
    for (const std::size_t size : pasted.groups) {
        groups.push_back(rest.substr(0, size));
        rest.remove_prefix(size);
    }
    return groups;
}

bool has_caption_word(const PastedSymbols& pasted) {
    return std::ranges::any_of(
        groups_of(pasted), [](std::string_view group) { return is_of_a_caption(lowercase_ascii(group)); });
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
    const auto caption = pasted_symbols(text.substr(0, end));
    // A letter that no key has.
    const bool is_caption = !caption || has_caption_word(*caption);
    const std::string_view rest = text.substr(end + 1);
    if (!is_caption || rest.find(':') != std::string_view::npos)
        return invalid("a key has no ':' in it: give the key alone, " + std::string(example));
    return Captioned{rest, true};
}

// Keys are written in groups of one size, the last of which may be shorter; words beside them are not.
bool are_groups_of_a_key(const PastedSymbols& pasted) {
    constexpr std::size_t longest_group = 8;
    const auto& groups = pasted.groups;
    if (std::ranges::all_of(groups, [&](std::size_t size) { return size == groups.front(); })) return true;
    return groups.front() <= longest_group && groups.back() <= groups.front() &&
           std::ranges::all_of(groups.begin(), std::prev(groups.end()),
                               [&](std::size_t size) { return size == groups.front(); });
}

// Some groups in capitals and others in small letters: one of them is a word.
bool are_in_two_cases(const PastedSymbols& pasted) {
    bool capitals = false;
    bool small = false;
    for (const std::string_view group : groups_of(pasted)) {
        const bool has_lower = std::ranges::any_of(group, is_lower);
        const bool has_upper = std::ranges::any_of(group, is_upper);
        capitals = capitals || (has_upper && !has_lower);
        small = small || (has_lower && !has_upper);
    }
    return capitals && small;
}

// A dash between some groups and none between others: not all of them were written by the same hand.
bool are_parted_in_two_ways(std::string_view text) {
    bool with_dash = false;
    bool without = false;
    bool between = false;
    bool dash = false;
    while (!text.empty()) {
        const auto kind = take_pasted_character(text).kind;
        if (kind == PastedCharacter::Kind::symbol) {
            with_dash = with_dash || (between && dash);
            without = without || (between && !dash);
            between = dash = false;
        } else {
            between = true;
            dash = dash || kind == PastedCharacter::Kind::dash;
        }
    }
    return with_dash && without;
}

struct KeySymbols {
    Secret text;
    bool in_groups = false;
};

Result<KeySymbols> symbols_of(std::string_view text) {
    const std::string_view inner = without_padding(without_surroundings(text));
    auto pasted = has_marks(inner) ? std::nullopt : pasted_symbols(inner);
    if (!pasted) return invalid("a key has letters and digits only, " + std::string(example));
    if (pasted->symbols.empty())
        return invalid("there is no key; it looks like this: " + std::string(example));
    if (pasted->groups.size() > 1 && has_caption_word(*pasted))
        return invalid(
            "there are words beside the key, and they would make other codes: give the key alone, " +
            std::string(example));
    if (!are_groups_of_a_key(*pasted) || are_in_two_cases(*pasted) || are_parted_in_two_ways(inner))
        return invalid(
            "it is not plain which part of this is the key: give the key alone. If all of it is, write it "
            "without blanks.");
    return KeySymbols{std::move(pasted->symbols), pasted->groups.size() > 1};
}

// Base32 was tried and it is not hexadecimal either: what kind of mistake is it?
std::unexpected<Error> neither(std::string_view symbols, const Error& as_base32) {
    if (std::ranges::none_of(symbols, is_no_base32_digit)) return fail(Errc::invalid, as_base32.detail);
    if (std::ranges::all_of(symbols, is_hex_digit))
        return invalid("a hexadecimal key has two digits for each byte: one is missing, or one too many");
    return invalid("a base32 key has no 0, 1, 8 or 9: is it the letter O, I or B? It looks like this: " +
                   std::string(example));
}

Result<KeyText> plain(Result<DescribedKey> described) {
    if (!described) return std::unexpected(std::move(described.error()));
    return KeyText{std::move(*described)};
}

Result<KeyText> hexadecimal(std::string_view text) {
    const auto symbols = symbols_of(text);
    if (!symbols) return std::unexpected(symbols.error());
    return plain(describe({.key = HexText{symbols->text.text()}}));
}

// Whole groups of five bytes, or a power of two of them: no maker has another.
bool is_a_usual_size(std::size_t bytes) {
    return bytes % 5 == 0 || bytes == 16 || bytes == 32 || bytes == 64;
}

// A word of four letters before or behind groups of four is one of them, but for the size that the key has then.
Result<DescribedKey> described(const KeySymbols& symbols, std::string_view type) {
    auto key = describe({.key = Base32Text{symbols.text.text()}, .type = type});
    if (!key || !symbols.in_groups || is_a_usual_size(key->key.key.size())) return key;
    key->remarks.push_back(
        {"The key has " + std::to_string(key->key.key.size()) +
             " bytes, which is unusual: is a word beside it among its groups? If all of it is the "
             "key, write it without blanks.",
         true});
    return key;
}

Result<KeyText> base32(std::string_view text, std::string_view type = {}) {
    const auto symbols = symbols_of(text);
    if (!symbols) return std::unexpected(symbols.error());
    return plain(described(*symbols, type));
}

Result<KeyText> either(std::string_view text) {
    const auto symbols = symbols_of(text);
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
    if (spelling == KeySpelling::hexadecimal) return hexadecimal(text);
    if (spelling == KeySpelling::base32) return base32(text);
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

// The line of the key, without what stands around it.
Result<std::string_view> inner_text(std::string_view text) {
    if (text.size() > longest_text) return invalid("a security key is shorter than 4096 bytes");
    // A whole file, with its brackets and its lines.
    if (auto why = why_no_key(text)) return invalid(std::move(*why));
    const auto line = only_line_of(text);
    if (!line) return line;
    const std::string_view inner = without_surroundings(*line);
    if (is_migration_uri(inner))
        return invalid("this is an export of an authenticator app and not the key of one account");
    return inner;
}

}  // namespace

Result<KeyText> parse_key_text(std::string_view text) {
    const auto inner = inner_text(text);
    if (!inner) return std::unexpected(inner.error());
    if (is_otpauth_uri(*inner)) return plain(parse_otpauth_uri(*inner));
    return key_alone(*inner, std::nullopt);
}

Result<KeyText> parse_key_text(std::string_view text, KeySpelling spelling) {
    const auto inner = inner_text(text);
    if (!inner) return std::unexpected(inner.error());
    if (is_otpauth_uri(*inner))
        return invalid("this is a whole address, and the key alone should stand there");
    return key_alone(*inner, spelling);
}

}  // namespace secondstep::otp
