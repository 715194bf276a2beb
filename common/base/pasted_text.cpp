#include "base/pasted_text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/utf8.h"

// Apart from text.cpp, so that the module does not carry these tables.
namespace secondstep {
namespace {

using Kind = PastedCharacter::Kind;

struct Range {
    char32_t first;
    char32_t last;
};

// clang-format off

// Unicode 14.0.0, the first plane: general categories P, Z and Cf; S where it is arrows, lines, boxes, currencies and
// the like, not letters or digits in a circle; variation selectors; the place of a pasted object.
constexpr auto layout = std::to_array<Range>({
    {0xa0, 0xa9}, {0xab, 0xb1}, {0xb4, 0xb4}, {0xb6, 0xb8}, {0xbb, 0xbb}, {0xbf, 0xbf}, {0xd7, 0xd7},
    {0xf7, 0xf7}, {0x2c2, 0x2c5}, {0x2d2, 0x2df}, {0x37e, 0x37e}, {0x387, 0x387}, {0x55a, 0x55f},
    {0x589, 0x58a}, {0x5be, 0x5be}, {0x5c0, 0x5c0}, {0x5c3, 0x5c3}, {0x5c6, 0x5c6}, {0x5f3, 0x605},
    {0x609, 0x60a}, {0x60c, 0x60d}, {0x61b, 0x61f}, {0x66a, 0x66d}, {0x6d4, 0x6d4}, {0x6dd, 0x6dd},
    {0x700, 0x70f}, {0x7f7, 0x7f9}, {0x830, 0x83e}, {0x85e, 0x85e}, {0x890, 0x891}, {0x8e2, 0x8e2},
    {0x964, 0x965}, {0x970, 0x970}, {0x9fd, 0x9fd}, {0xa76, 0xa76}, {0xaf0, 0xaf0}, {0xc77, 0xc77},
    {0xc84, 0xc84}, {0xdf4, 0xdf4}, {0xe4f, 0xe4f}, {0xe5a, 0xe5b}, {0xf04, 0xf12}, {0xf14, 0xf14},
    {0xf3a, 0xf3d}, {0xf85, 0xf85}, {0xfd0, 0xfd4}, {0xfd9, 0xfda}, {0x104a, 0x104f}, {0x10fb, 0x10fb},
    {0x1360, 0x1368}, {0x1400, 0x1400}, {0x166e, 0x166e}, {0x1680, 0x1680}, {0x169b, 0x169c},
    {0x16eb, 0x16ed}, {0x1735, 0x1736}, {0x17d4, 0x17d6}, {0x17d8, 0x17da}, {0x1800, 0x180a},
    {0x180e, 0x180e}, {0x1944, 0x1945}, {0x1a1e, 0x1a1f}, {0x1aa0, 0x1aa6}, {0x1aa8, 0x1aad},
    {0x1b5a, 0x1b60}, {0x1b7d, 0x1b7e}, {0x1bfc, 0x1bff}, {0x1c3b, 0x1c3f}, {0x1c7e, 0x1c7f},
    {0x1cc0, 0x1cc7}, {0x1cd3, 0x1cd3}, {0x2000, 0x206f}, {0x207d, 0x207e}, {0x208d, 0x208e},
    {0x20a0, 0x20c0}, {0x2190, 0x244a}, {0x2500, 0x2775}, {0x2794, 0x2bff}, {0x2cf9, 0x2cfc},
    {0x2cfe, 0x2cff}, {0x2d70, 0x2d70}, {0x2e00, 0x2e2e}, {0x2e30, 0x2e4f}, {0x2e52, 0x2e5d},
    {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0x3036, 0x3037}, {0x303d, 0x303f},
    {0x30a0, 0x30a0}, {0x30fb, 0x30fb}, {0xa4fe, 0xa4ff}, {0xa60d, 0xa60f}, {0xa673, 0xa673},
    {0xa67e, 0xa67e}, {0xa6f2, 0xa6f7}, {0xa874, 0xa877}, {0xa8ce, 0xa8cf}, {0xa8f8, 0xa8fa},
    {0xa8fc, 0xa8fc}, {0xa92e, 0xa92f}, {0xa95f, 0xa95f}, {0xa9c1, 0xa9cd}, {0xa9de, 0xa9df},
    {0xaa5c, 0xaa5f}, {0xaade, 0xaadf}, {0xaaf0, 0xaaf1}, {0xabeb, 0xabeb}, {0xfd3e, 0xfd3f},
    {0xfe00, 0xfe19}, {0xfe30, 0xfe6b}, {0xfeff, 0xff0f}, {0xff1a, 0xff20}, {0xff3b, 0xff40},
    {0xff5b, 0xff65}, {0xfff9, 0xfffc},
});

// The zeros of category Nd; the nine other digits follow each.
constexpr auto zeros = std::to_array<char32_t>({
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
});

// clang-format on

// Category Z, and what General Punctuation and the byte order mark have that is not seen.
constexpr auto blanks = std::to_array<Range>({{0xa0, 0xa0},
                                              {0x1680, 0x1680},
                                              {0x2000, 0x200f},
                                              {0x2028, 0x202f},
                                              {0x205f, 0x206f},
                                              {0x3000, 0x3000},
                                              {0xfeff, 0xfeff}});

// Category Pd, and what looks like one: the soft hyphen, the hyphen bullet, minus signs.
constexpr auto dashes = std::to_array<Range>(
    {{0xad, 0xad},     {0x2d7, 0x2d7},   {0x58a, 0x58a},   {0x5be, 0x5be},   {0x1400, 0x1400},
     {0x1806, 0x1806}, {0x2010, 0x2015}, {0x2043, 0x2043}, {0x2212, 0x2212}, {0x2796, 0x2796},
     {0x2e17, 0x2e17}, {0x2e1a, 0x2e1a}, {0x2e3a, 0x2e3b}, {0x2e40, 0x2e40}, {0x2e5d, 0x2e5d},
     {0x301c, 0x301c}, {0x3030, 0x3030}, {0x30a0, 0x30a0}, {0xfe31, 0xfe32}, {0xfe58, 0xfe58},
     {0xfe63, 0xfe63}, {0xff0d, 0xff0d}});

template <std::size_t size>
bool contains(const std::array<Range, size>& ranges, char32_t c) {
    const auto after = std::ranges::upper_bound(ranges, c, {}, &Range::first);
    return after != ranges.begin() && c <= std::prev(after)->last;
}

bool is_ascii_symbol(char32_t c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

PastedCharacter ascii(char32_t c) {
    if (is_ascii_symbol(c)) return {Kind::symbol, static_cast<char>(c)};
    if (c == ' ' || (c >= '\t' && c <= '\r')) return {Kind::blank};
    if (c < 0x20 || c == 0x7f) return {Kind::broken};
    return {c == '-' ? Kind::dash : Kind::mark};
}

std::optional<char> digit_of_a_script(char32_t c) {
    const auto* const after = std::ranges::upper_bound(zeros, c);
    if (after == zeros.begin() || c - *std::prev(after) > 9) return std::nullopt;
    return static_cast<char>('0' + (c - *std::prev(after)));
}

PastedCharacter beyond_ascii(char32_t c) {
    if (c < 0xa0) return {Kind::broken};
    constexpr char32_t full_width = 0xff01 - '!';
    if (c >= full_width && is_ascii_symbol(c - full_width))
        return {Kind::symbol, static_cast<char>(c - full_width)};
    if (const auto digit = digit_of_a_script(c)) return {Kind::symbol, *digit};
    if (contains(blanks, c)) return {Kind::blank};
    if (contains(dashes, c)) return {Kind::dash};
    return {contains(layout, c) ? Kind::mark : Kind::foreign};
}

bool take_paste_mark(std::string_view& rest) {
    constexpr std::string_view begin = "\x1b[200~";
    constexpr std::string_view end = "\x1b[201~";
    if (!rest.starts_with(begin) && !rest.starts_with(end)) return false;
    rest.remove_prefix(begin.size());
    return true;
}

bool is_ascii_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_digit(const PastedCharacter& character) {
    return character.kind == Kind::symbol && is_ascii_digit(character.symbol);
}

bool is_colon(std::string_view character) {
    return character == ":" || character == "\xef\xbc\x9a";
}

}  // namespace

bool is_layout(Kind kind) {
    switch (kind) {
        case Kind::blank:
        case Kind::dash:
        case Kind::mark:
            return true;
        case Kind::symbol:
        case Kind::foreign:
        case Kind::broken:
            break;
    }
    return false;
}

PastedCharacter take_pasted_character(std::string_view& rest) {
    if (take_paste_mark(rest)) return {Kind::mark};
    const std::optional<char32_t> c = take_character(rest);
    if (!c) return {Kind::broken};
    return *c < 0x80 ? ascii(*c) : beyond_ascii(*c);
}

std::optional<PastedSymbols> pasted_symbols(std::string_view typed) {
    PastedSymbols found;
    bool together = false;
    bool parting = false;
    while (!typed.empty()) {
        const PastedCharacter next = take_pasted_character(typed);
        if (is_layout(next.kind)) {
            parting = parting || next.kind != Kind::mark;
            together = false;
            continue;
        }
        if (next.kind != Kind::symbol) return std::nullopt;
        found.parted = found.parted || (parting && !found.groups.empty());
        parting = false;
        if (!std::exchange(together, true)) found.groups.push_back(0);
        ++found.groups.back();
        found.symbols.push_back(next.symbol);
    }
    return found;
}

std::optional<Secret> without_layout(std::string_view typed) {
    std::optional<PastedSymbols> found = pasted_symbols(typed);
    if (!found) return std::nullopt;
    return std::move(found->symbols);
}

std::string_view without_caption(std::string_view typed) {
    bool has_letter = false;
    std::optional<std::string_view> behind;
    for (std::string_view rest = typed; !rest.empty();) {
        const std::string_view before = rest;
        const PastedCharacter next = take_pasted_character(rest);
        if (is_colon(before.substr(0, before.size() - rest.size()))) {
            if (behind || !has_letter) return typed;
            behind = rest;
        } else if (!behind) {
            if (is_digit(next)) return typed;
            has_letter = has_letter || next.kind == Kind::symbol || next.kind == Kind::foreign;
        }
    }
    return behind.value_or(typed);
}

std::optional<Secret> pasted_digits(std::string_view typed) {
    std::optional<Secret> digits = without_layout(without_caption(typed));
    if (!digits || digits->empty() || !std::ranges::all_of(digits->text(), is_ascii_digit))
        return std::nullopt;
    return digits;
}

bool is_word(std::string_view typed, std::string_view word) {
    const std::optional<Secret> symbols = without_layout(typed);
    if (!symbols) return false;
    return std::ranges::equal(symbols->text(), word, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

std::string_view without_outer_blanks(std::string_view typed) {
    std::string_view begin = typed;
    std::size_t end = 0;  // counted from `typed`
    for (std::string_view rest = typed; !rest.empty();) {
        const std::string_view before = rest;
        const bool blank = take_pasted_character(rest).kind == Kind::blank;
        if (!blank && end == 0) begin = before;
        if (!blank) end = typed.size() - rest.size();
    }
    return end == 0 ? std::string_view() : begin.substr(0, end - (typed.size() - begin.size()));
}

bool is_blank(std::string_view typed) {
    while (!typed.empty()) {
        if (take_pasted_character(typed).kind != Kind::blank) return false;
    }
    return true;
}

}  // namespace secondstep
