#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace secondstep {

// The whole of `text` as a decimal number without sign (for unsigned types), spaces or leading '+'.
// Returns nullopt if it is something else. "12" => 12; "", " 12", "12x", "-1" (unsigned),
// "99999999999999999999" => nullopt.
template <std::integral T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

[[nodiscard]] std::string_view trimmed(std::string_view text);  // spaces and tabs at both ends
// "a, b" split at ',' => {"a", " b"}; "" => {""}
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// Of a text that nobody holds the parts would outlive it.
template <class Text>
    requires std::same_as<Text, std::string>
void split(Text&& text, char separator) = delete;
[[nodiscard]] std::string lowercase_ascii(std::string_view text);
// Whether it begins with `lowercase`, in either case; makes no copy, so it may look at a secret.
[[nodiscard]] bool begins_with(std::string_view text, std::string_view lowercase);

[[nodiscard]] bool is_valid_utf8(std::string_view text);
[[nodiscard]] bool has_control_characters(std::string_view text);  // C0, DEL, and C1 in UTF-8

// What came from outside, made fit for a log line or a screen: control characters (C0, DEL, C1), invalid
// UTF-8, the bidirectional overrides U+202A..U+202E, U+2066..U+2069 and the line separators U+2028, U+2029
// become '?'; longer than `max_bytes`: cut at a character boundary, ending in "...".
[[nodiscard]] std::string printable(std::string_view text, std::size_t max_bytes = 256);

[[nodiscard]] std::string hex(ByteView bytes);                       // lower case
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);  // either case; nullopt if not hex

}  // namespace secondstep
