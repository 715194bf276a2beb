#include "otp/key_symbols.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/pasted_text.h"
#include "base/text.h"

namespace secondstep::otp {
namespace {

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

bool is_one_of(std::string_view character, const auto& known) {
    return std::ranges::find(known, character) != known.end();
}

// A '!' may be an I, and a '*' or a bullet stands for what is hidden.
bool surrounds(std::string_view character, PastedCharacter::Kind kind) {
    constexpr std::string_view of_ascii = "\"'`<>()[]{}.,;";
    constexpr std::array<std::string_view, 11> quotes{
        "\xc2\xab",     "\xc2\xbb",     "\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9a", "\xe2\x80\x9b",
        "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\xb9", "\xe2\x80\xba"};
    if (kind == PastedCharacter::Kind::blank || kind == PastedCharacter::Kind::dash) return true;
    if (kind != PastedCharacter::Kind::mark) return false;
    return character.size() == 1 ? of_ascii.find(character) != std::string_view::npos
                                 : is_one_of(character, quotes);
}

// U+200C..F, U+202A..E, U+2066..9: what says how letters join, and in which direction they run.
bool is_not_seen(std::string_view character) {
    const auto last = static_cast<unsigned char>(character.back());
    if (character.starts_with("\xe2\x80"))
        return (last >= 0x8c && last <= 0x8f) || (last >= 0xaa && last <= 0xae);
    return character.starts_with("\xe2\x81") && last >= 0xa6 && last <= 0xa9;
}

// Takes one character off the front of `rest`.
std::pair<std::string_view, PastedCharacter::Kind> take(std::string_view& rest) {
    const std::string_view before = rest;
    const auto kind = take_pasted_character(rest).kind;
    return {before.substr(0, before.size() - rest.size()), kind};
}

// A mark in the middle of a key may be a symbol that was read wrongly, or stand for what is hidden.
bool has_marks(std::string_view text) {
    while (!text.empty()) {
        const auto [character, kind] = take(text);
        if (kind == PastedCharacter::Kind::mark && !is_not_seen(character)) return true;
    }
    return false;
}

bool ends_a_line(std::string_view character) {
    constexpr std::array<std::string_view, 7> ends{"\n",       "\r",           "\v",          "\f",
                                                   "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    return is_one_of(character, ends);
}

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
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

// Keys are written in groups of one size, the last of which may be shorter; words beside them are not.
bool are_groups_of_a_key(const PastedSymbols& pasted) {
    constexpr std::size_t longest_group = 8;
    const auto& groups = pasted.groups;
    if (groups.size() < 2) return true;
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

bool has_two_lines(std::string_view text) {
    while (!text.empty()) {
        if (ends_a_line(take(text).first)) return true;
    }
    return false;
}

}  // namespace

bool is_of_a_caption(std::string_view word) {
    constexpr std::array<std::string_view, 21> words{
        "key",       "secret",   "setup",  "code",  "passcode", "token", "seed",
        "manual",    "security", "shared", "otp",   "totp",     "2fa",   "schluessel",
        "geheimnis", "clave",    "chiave", "chave", "sleutel",  "copy",  "kopieren"};
    return std::ranges::find(words, word) != words.end();
}

bool is_cut(std::string_view text) {
    constexpr std::string_view ellipsis = "\xe2\x80\xa6";
    return text.find("..") != std::string_view::npos || text.find(ellipsis) != std::string_view::npos ||
           text.find('*') != std::string_view::npos;
}

std::string_view without_surroundings(std::string_view text) {
    std::size_t begin = text.size();
    std::size_t end = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t at = text.size() - rest.size();
        const auto [character, kind] = take(rest);
        if (surrounds(character, kind)) continue;
        begin = std::min(begin, at);
        end = text.size() - rest.size();
    }
    return begin < end ? text.substr(begin, end - begin) : std::string_view{};
}

std::string_view without_padding(std::string_view text) {
    while (text.ends_with('=') || text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

// 16, 26, 32, 52 or 103 symbols of base32.
bool is_an_unusual_size(std::size_t bytes) {
    constexpr std::array<std::size_t, 5> usual{10, 16, 20, 32, 64};
    return std::ranges::find(usual, bytes) == usual.end();
}

Result<KeySymbols> key_symbols(std::string_view text) {
    if (is_cut(text))
        return invalid("a part of the key is cut off or hidden: let the page show all of it, and copy that");
    const std::string_view inner = without_padding(without_surroundings(text));
    auto pasted = has_marks(inner) ? std::nullopt : pasted_symbols(inner);
    if (!pasted) return invalid("a key has letters and digits only, " + std::string(key_example));
    if (pasted->symbols.empty())
        return invalid("there is no key; it looks like this: " + std::string(key_example));
    if (has_two_lines(inner))
        return invalid(
            "this is more than one line, and what is not the key would make other codes: give the line "
            "with the key alone");
    if (pasted->groups.size() > 1 && has_caption_word(*pasted))
        return invalid(
            "there are words beside the key, and they would make other codes: give the key alone, " +
            std::string(key_example));
    if (!are_groups_of_a_key(*pasted) || are_in_two_cases(*pasted) || are_parted_in_two_ways(inner))
        return invalid(
            "it is not plain which part of this is the key: give the key alone. If all of it is, write it "
            "without blanks");
    return KeySymbols{std::move(pasted->symbols), pasted->groups.size() > 1};
}

}  // namespace secondstep::otp
