#include "console/table.h"

#include <algorithm>

#include "base/character_width.h"
#include "base/text.h"
#include "console/wrapped_lines.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view between_columns = "  ";
constexpr std::size_t narrowest_last = 10;  // in less than that words are cut

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
    for (const Column& column : columns_)
        if (!is_left_out(column)) before_last_ += column.width + between_columns.size();
    before_last_ -= columns_.back().width + between_columns.size();
}

void Table::header() {
    std::vector<Cell> titles;
    titles.reserve(columns_.size());
    for (const Column& column : columns_)
        titles.push_back({column.title, Colour::none});
    row(titles);
}

std::string Table::cell(const Cell& cell, const Column& column) const {
    const std::string text = in_width(cell.text, column.width, column.to_the_right, terminal_.utf8);
    if (!terminal_.colours || cell.colour == Colour::none) return text;
    return escape_of(cell.colour) + text + "\x1b[0m";
}

std::string Table::last_cell(const std::string& text) const {
    const std::string clean = printable(text, 4096);
    const std::size_t room = terminal_.columns > before_last_ ? terminal_.columns - before_last_ : 0;
    if (!terminal_.is_terminal || display_width(clean) <= room) return clean;
    if (room < narrowest_last) return cut_to_width(clean, room, terminal_.utf8);
    std::string lines;
    for (const ScreenLine& line : wrapped_lines(clean, room)) {
        if (!lines.empty()) lines.append("\n").append(before_last_, ' ');
        lines += cut_to_width(line.text, room, terminal_.utf8);
    }
    return lines;
}

void Table::row(const std::vector<Cell>& cells) {
    std::string line;
    for (std::size_t i = 0; i + 1 < cells.size(); ++i)
        if (!is_left_out(columns_[i])) line.append(cell(cells[i], columns_[i])).append(between_columns);
    line += last_cell(cells.back().text);
    line.erase(line.find_last_not_of(' ') + 1);
    stream_.write(line + "\n");
}

}  // namespace secondstep::tool
