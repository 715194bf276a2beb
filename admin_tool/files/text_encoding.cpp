#include "files/text_encoding.h"

#include <optional>

namespace secondstep::tool {

namespace {

constexpr char32_t mark = 0xfeff;

// The two bytes at `at` as a unit of UTF-16.
char32_t unit_at(std::string_view text, std::size_t at, TextEncoding encoding) {
    const auto first = static_cast<unsigned char>(text[at]);
    const auto second = static_cast<unsigned char>(text[at + 1]);
    return encoding == TextEncoding::utf16_little_endian ? char32_t{second} << 8U | first
                                                         : char32_t{first} << 8U | second;
}

bool is_high_surrogate(char32_t unit) {
    return unit >= 0xd800 && unit < 0xdc00;
}

bool is_low_surrogate(char32_t unit) {
    return unit >= 0xdc00 && unit < 0xe000;
}

void append(Secret& out, char32_t character) {
    const auto tail = [&](unsigned shift) {
        out.push_back(static_cast<char>(0x80U | ((character >> shift) & 0x3fU)));
    };
    if (character < 0x80) {
        out.push_back(static_cast<char>(character));
    } else if (character < 0x800) {
        out.push_back(static_cast<char>(0xc0U | character >> 6U));
        tail(0);
    } else if (character < 0x10000) {
        out.push_back(static_cast<char>(0xe0U | character >> 12U));
        tail(6);
        tail(0);
    } else {
        out.push_back(static_cast<char>(0xf0U | character >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

std::unexpected<Error> cut() {
    return fail(Errc::invalid, "its UTF-16 is cut or damaged");
}

// ASCII in UTF-16 without a mark: one byte of each of the first four units is zero, the other is not.
std::optional<TextEncoding> encoding_of_ascii(std::string_view text) {
    constexpr std::size_t looked_at = 8;
    if (text.size() < looked_at) return std::nullopt;
    bool little = true;
    bool big = true;
    for (std::size_t i = 0; i < looked_at; i += 2) {
        little = little && text[i] != '\0' && text[i + 1] == '\0';
        big = big && text[i] == '\0' && text[i + 1] != '\0';
    }
    if (little) return TextEncoding::utf16_little_endian;
    return big ? std::optional(TextEncoding::utf16_big_endian) : std::nullopt;
}

}  // namespace

TextEncoding encoding_of(std::string_view text) {
    if (text.starts_with("\xff\xfe")) return TextEncoding::utf16_little_endian;
    if (text.starts_with("\xfe\xff")) return TextEncoding::utf16_big_endian;
    return encoding_of_ascii(text).value_or(TextEncoding::utf8);
}

Result<Secret> in_utf8(std::string_view text, TextEncoding encoding) {
    if (encoding == TextEncoding::utf8) {
        if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        return Secret::copy_of(text);
    }
    if (text.size() % 2 != 0) return cut();
    Secret out;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        char32_t character = unit_at(text, at, encoding);
        if (at == 0 && character == mark) continue;
        if (is_low_surrogate(character)) return cut();
        if (is_high_surrogate(character)) {
            at += 2;
            const char32_t low = at < text.size() ? unit_at(text, at, encoding) : 0;
            if (!is_low_surrogate(low)) return cut();
            character = 0x10000 + ((character - 0xd800) << 10U) + (low - 0xdc00);
        }
        append(out, character);
    }
    return out;
}

}  // namespace secondstep::tool
