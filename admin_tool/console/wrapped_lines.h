#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace secondstep::tool {

// A line of a screen: that many blanks, then the text.
struct ScreenLine {
    std::size_t indent = 0;
    std::string_view text;
};

// `text` (it may have several lines) in lines of at most `columns`, broken at blanks and never inside a word: a word
// that is wider by itself stands alone. A line that has columns of its own (three blanks and more between them) is
// broken there first, where no `hanging` is asked for. What goes on is indented as its line was, or by `hanging` if that is more.
[[nodiscard]] std::vector<ScreenLine> wrapped_lines(std::string_view text, std::size_t columns,
                                                    std::size_t hanging = 0);
// Of a text that nobody holds the lines would outlive it.
template <class Text>
    requires std::same_as<Text, std::string>
std::vector<ScreenLine> wrapped_lines(Text&& text, std::size_t columns, std::size_t hanging = 0) = delete;
// The same as one text, each line with its newline.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t columns, std::size_t hanging = 0);

}  // namespace secondstep::tool
