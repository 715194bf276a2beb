#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "console/output.h"
#include "console/terminal.h"

namespace secondstep::tool {

// A table that is written row by row: widths are fixed beforehand, nothing is kept.
class Table {
  public:
    struct Column {
        std::string title;
        std::size_t width;
        bool to_the_right = false;
        std::size_t from = 0;  // left out on a terminal with fewer columns
    };
    enum class Colour { none, green, yellow, red };
    struct Cell {
        std::string text;
        Colour colour = Colour::none;  // beside the word, never instead of it
    };
    // The last column is broken at blanks at the edge of a terminal, and not at all elsewhere.
    Table(Stream& stream, const Terminal& terminal, std::vector<Column> columns);

    void header();
    void row(const std::vector<Cell>& cells);

  private:
    [[nodiscard]] bool is_left_out(const Column& column) const {
        return terminal_.is_terminal && terminal_.columns < column.from;
    }
    [[nodiscard]] std::string cell(const Cell& cell, const Column& column) const;
    [[nodiscard]] std::string last_cell(const std::string& text) const;
    Stream& stream_;
    Terminal terminal_;
    std::vector<Column> columns_;
    std::size_t before_last_ = 0;  // columns of the terminal
};

// `text` in exactly `width` columns of a terminal, control characters and all taken care of: padded, or cut
// at a character and ended with an ellipsis ("…", or "~" where the character set has none).
[[nodiscard]] std::string in_width(std::string_view text, std::size_t width, bool to_the_right, bool utf8);
// The same without padding.
[[nodiscard]] std::string cut_to_width(std::string_view text, std::size_t width, bool utf8);

}  // namespace secondstep::tool
