#include "files/text_lines.h"

#include <algorithm>

#include "base/text.h"

namespace secondstep::tool {

TextLines::TextLines(std::string_view text) : rest_(text) {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    if (rest_.starts_with(mark)) rest_.remove_prefix(mark.size());
}

std::optional<TextLines::Line> TextLines::next() {
    if (rest_.empty()) return std::nullopt;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (text.ends_with('\r')) text.remove_suffix(1);
    return Line{++number_, text};
}

std::string place_of(std::string_view file, std::size_t line) {
    return printable(file) + ":" + std::to_string(line);
}

}  // namespace secondstep::tool
