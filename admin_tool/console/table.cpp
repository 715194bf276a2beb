#include "console/table.h"

#include <algorithm>

#include "base/character_width.h"
#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view between_columns = "  ";

const char* escape_of(Table::Colour colour) {
    switch (colour) {
        case Table::Colour::green:
            return "\x1b[32m";
        case Table::Colour::yellow:
            return "\x1b[33m";
        case Table::Colour::red:
            return "\x1b[31m";
        case Table::Colour::none:
            break;
    }
    return "";
}

bool continues_a_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string cut_to_width(std::string_view text, std::size_t width, bool utf8) {
    std::string clean = printable(text, 4096);
    if (display_width(clean) <= width) return clean;
    if (width == 0) return {};
    std::size_t end = 0;
    for (std::size_t next = 1; next <= clean.size(); ++next) {
        if (next < clean.size() && continues_a_character(clean[next])) continue;
        if (display_width(std::string_view(clean).substr(0, next)) > width - 1) break;
        end = next;
    }
    return clean.substr(0, end) + (utf8 ? "\u2026" : "~");
}

std::string in_width(std::string_view text, std::size_t width, bool to_the_right, bool utf8) {
    const std::string cut = cut_to_width(text, width, utf8);
    const std::string padding(width - std::min(width, display_width(cut)), ' ');
    return to_the_right ? padding + cut : cut + padding;
}

Table::Table(Stream& stream, const Terminal& terminal, std::vector<Column> columns)
    : stream_(stream), terminal_(terminal), columns_(std::move(columns)) {
    std::size_t before_last = 0;
    for (const Column& column : columns_)
        before_last += column.width + between_columns.size();
    before_last -= columns_.back().width + between_columns.size();
    if (!terminal_.is_terminal) return;
    columns_.back().width = terminal_.columns > before_last ? terminal_.columns - before_last : 0;
}

void Table::header() {
    std::vector<Cell> titles;
    titles.reserve(columns_.size());
    for (const Column& column : columns_)
        titles.push_back({column.title, Colour::none});
    row(titles);
}

std::string Table::cell(const Cell& cell, const Column& column, bool last) const {
    std::string text;
    if (!last) {
        text = in_width(cell.text, column.width, column.to_the_right, terminal_.utf8);
    } else if (terminal_.is_terminal) {
        text = cut_to_width(cell.text, column.width, terminal_.utf8);
    } else {
        text = printable(cell.text, 4096);
    }
    if (!terminal_.colours || cell.colour == Colour::none) return text;
    return escape_of(cell.colour) + text + "\x1b[0m";
}

void Table::row(const std::vector<Cell>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line += between_columns;
        line += cell(cells[i], columns_[i], i + 1 == cells.size());
    }
    line.erase(line.find_last_not_of(' ') + 1);
    stream_.write(line + "\n");
}

}  // namespace secondstep::tool
