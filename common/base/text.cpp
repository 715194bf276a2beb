#include "base/text.h"

#include <algorithm>
#include <cstdint>

#include "base/utf8.h"

namespace secondstep {
namespace {

bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

// These turn round the order of what follows on the screen, and so can hide what a log line really says.
bool is_bidi_override(char32_t c) {
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

// Some viewers break the line here, and so would show one log line as two.
bool is_line_separator(char32_t c) {
    return c == 0x2028 || c == 0x2029;
}

bool is_printable(char32_t c) {
    return !is_control(c) && !is_bidi_override(c) && !is_line_separator(c);
}

std::string_view take_printable(std::string_view& rest) {
    const std::string_view before = rest;
    const std::optional<char32_t> c = take_character(rest);
    if (!c || !is_printable(*c)) return "?";
    return before.substr(0, before.size() - rest.size());
}

// ASCII without control characters: most texts, and each of their bytes is a character.
bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string_view fit(std::string_view text, std::size_t size) {
    return text.substr(0, std::min(size, text.size()));
}

std::optional<unsigned> nibble(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
    return std::nullopt;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
        parts.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    parts.push_back(text);
    return parts;
}

std::string lowercase_ascii(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

bool begins_with(std::string_view text, std::string_view lowercase) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return text.size() >= lowercase.size() &&
           std::ranges::equal(text.substr(0, lowercase.size()), lowercase, {}, lower);
}

bool is_valid_utf8(std::string_view text) {
    if (is_plain(text)) return true;
    while (!text.empty()) {
        if (!take_character(text)) return false;
    }
    return true;
}

bool has_control_characters(std::string_view text) {
    if (is_plain(text)) return false;
    while (!text.empty()) {
        const std::optional<char32_t> c = take_character(text);
        if (c && is_control(*c)) return true;
    }
    return false;
}

std::string printable(std::string_view text, std::size_t max_bytes) {
    if (text.size() <= max_bytes && is_plain(text)) return std::string(text);
    constexpr std::string_view dots = "...";
    const std::size_t room_before_dots = max_bytes - std::min(max_bytes, dots.size());
    std::string out;
    std::size_t cut = 0;  // the last character boundary that leaves room for the dots
    while (!text.empty()) {
        out += take_printable(text);
        if (out.size() <= room_before_dots) cut = out.size();
        if (out.size() > max_bytes) {
            out.resize(cut);
            return out += fit(dots, max_bytes);
        }
    }
    return out;
}

std::string hex(ByteView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(2 * bytes.size());
    for (const std::uint8_t byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 0x0f];
    }
    return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto high = nibble(text[i]);
        const auto low = nibble(text[i + 1]);
        if (!high || !low) return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
    }
    return out;
}

}  // namespace secondstep
