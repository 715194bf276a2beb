#include "courier/sms_text.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/utf8.h"

namespace secondstep::courier {
namespace {

constexpr std::size_t longest_last_line = 80;
constexpr std::size_t fewest_words = 30;  // septets in front of a link: the host, and some words

// The basic table beside ASCII; '`' is missing there, and what is in `extended` costs an escape.
constexpr std::u32string_view basic = U"£¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
constexpr std::u32string_view extended = U"^{}\\[~]|€";

struct Replacement {
    char32_t first;
    char32_t last;
    std::string_view by;
};
// Latin-1, Latin Extended-A where it is one letter with something on it, and typographic signs.
constexpr Replacement replacements[] = {
    {U'`', U'`', "'"},
    {U'\u00a0', U'\u00a0', " "},
    {U'´', U'´', "'"},
    {U'«', U'«', "\""},
    {U'»', U'»', "\""},
    {U'À', U'Ã', "A"},
    {U'È', U'Ë', "E"},
    {U'Ì', U'Ï', "I"},
    {U'Ò', U'Õ', "O"},
    {U'Ù', U'Û', "U"},
    {U'Ý', U'Ý', "Y"},
    {U'á', U'ã', "a"},
    {U'ç', U'ç', "c"},
    {U'ê', U'ë', "e"},
    {U'í', U'ï', "i"},
    {U'ó', U'õ', "o"},
    {U'ú', U'û', "u"},
    {U'ý', U'ý', "y"},
    {U'ÿ', U'ÿ', "y"},
    {U'č', U'č', "c"},
    {U'Č', U'Č', "C"},
    {U'ć', U'ć', "c"},
    {U'Ć', U'Ć', "C"},
    {U'ď', U'ď', "d"},
    {U'đ', U'đ', "d"},
    {U'ą', U'ą', "a"},
    {U'ę', U'ę', "e"},
    {U'ě', U'ě', "e"},
    {U'ğ', U'ğ', "g"},
    {U'ı', U'ı', "i"},
    {U'İ', U'İ', "I"},
    {U'Ł', U'Ł', "L"},
    {U'ł', U'ł', "l"},
    {U'ń', U'ń', "n"},
    {U'ň', U'ň', "n"},
    {U'ő', U'ő', "o"},
    {U'ř', U'ř', "r"},
    {U'Ř', U'Ř', "R"},
    {U'ś', U'ś', "s"},
    {U'Ś', U'Ś', "S"},
    {U'ş', U'ş', "s"},
    {U'Ş', U'Ş', "S"},
    {U'š', U'š', "s"},
    {U'Š', U'Š', "S"},
    {U'ť', U'ť', "t"},
    {U'ů', U'ů', "u"},
    {U'ű', U'ű', "u"},
    {U'ź', U'ź', "z"},
    {U'Ź', U'Ź', "Z"},
    {U'ż', U'ż', "z"},
    {U'Ż', U'Ż', "Z"},
    {U'ž', U'ž', "z"},
    {U'Ž', U'Ž', "Z"},
    {U'\u2010', U'\u2015', "-"},
    {U'\u2018', U'\u201b', "'"},
    {U'\u201c', U'\u201f', "\""},
    {U'\u2026', U'\u2026', "..."},
};

bool is_in_alphabet(char32_t c) {
    if (c == U'\n' || (c >= 0x20 && c < 0x7f && c != U'`')) return true;
    return basic.find(c) != std::u32string_view::npos || extended.find(c) != std::u32string_view::npos;
}

std::string_view replacement_of(char32_t c) {
    const auto* const found =
        std::ranges::find_if(replacements, [c](const Replacement& r) { return c >= r.first && c <= r.last; });
    return found == std::end(replacements) ? "?" : found->by;
}

std::size_t cost_of(char32_t c) {
    return extended.find(c) != std::u32string_view::npos ? 2 : 1;
}

// The longest beginning that has room.
std::string_view cut(std::string_view text, std::size_t room) {
    std::string_view rest = text;
    std::size_t used = 0;
    while (!rest.empty()) {
        std::string_view next = rest;
        used += cost_of(take_character(next).value_or(U'?'));
        if (used > room) break;
        rest = next;
    }
    return text.substr(0, text.size() - rest.size());
}

Secret fitted(std::string_view text, std::size_t room) {
    constexpr std::string_view dots = "...";
    if (septets_of(text) <= room) return Secret::copy_of(text);
    Secret out = Secret::copy_of(cut(text, room - dots.size()));
    out.append(dots);
    return out;
}

}  // namespace

Secret to_gsm_alphabet(std::string_view text) {
    Secret out;
    while (!text.empty()) {
        const std::string_view before = text;
        const std::optional<char32_t> c = take_character(text);
        if (c && is_in_alphabet(*c)) {
            out.append(before.substr(0, before.size() - text.size()));
        } else {
            out.append(c ? replacement_of(*c) : "?");
        }
    }
    return out;
}

std::size_t septets_of(std::string_view text) {
    std::size_t sum = 0;
    while (!text.empty())
        sum += cost_of(take_character(text).value_or(U'?'));
    return sum;
}

Secret sms_text(std::string_view text, std::string_view host, std::string_view code) {
    const Secret clean = to_gsm_alphabet(text);
    if (code.empty()) return fitted(clean.text(), sms_septets);
    Secret last = Secret::copy_of("\n@");
    last.append(to_gsm_alphabet(host).text());
    last.append(" #");
    last.append(code);
    // No telephone knows a host of that name, and the text with the code needs the room.
    if (septets_of(last.text()) > longest_last_line) return fitted(clean.text(), sms_septets);
    Secret out = fitted(clean.text(), sms_septets - septets_of(last.text()));
    out.append(last.text());
    return out;
}

Result<Secret> sms_text_with_link(std::string_view text, std::string_view link) {
    const Secret clean = to_gsm_alphabet(text);
    const Secret end = to_gsm_alphabet(link);
    if (end.text() != link)
        return fail(Errc::invalid, "the link has characters that a text message cannot carry");
    const std::size_t needed = septets_of(link) + 1;
    if (needed + fewest_words > sms_septets) {
        return fail(Errc::too_large,
                    "the link is too long for a text message (160 characters): give portal_page_host a "
                    "shorter name, or use secondstep portal add --link");
    }
    Secret out = fitted(clean.text(), sms_septets - needed);
    out.push_back(' ');
    out.append(link);
    return out;
}

}  // namespace secondstep::courier
