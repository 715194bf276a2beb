#include "console/wrapped_lines.h"

#include <algorithm>

#include "base/character_width.h"
#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t gap_between_columns = 3;

// A break of a line: where its first part ends, and where the rest begins.
struct Break {
    std::size_t end;
    std::size_t next;
};

// The last run of at least `gap` blanks before which `columns` are enough.
Break last_break(std::string_view line, std::size_t columns, std::size_t gap) {
    Break found{0, 0};
    for (std::size_t at = line.find(' '); at != line.npos; at = line.find(' ', at)) {
        const std::size_t next = std::min(line.find_first_not_of(' ', at), line.size());
        if (display_width(line.substr(0, at)) > columns) break;
        if (next - at >= gap && next < line.size()) found = {at, next};
        at = next;
    }
    return found;
}

// Where even the first word is too wide, behind that one.
Break first_break(std::string_view line) {
    const std::size_t at = line.find(' ');
    if (at == line.npos) return {line.size(), line.size()};
    return {at, std::min(line.find_first_not_of(' ', at), line.size())};
}

Break break_of(std::string_view line, std::size_t columns, bool has_columns) {
    // What stands in front of a gap near the beginning is a label.
    const Break between = has_columns ? last_break(line, columns, gap_between_columns) : Break{0, 0};
    if (between.end > columns / 3) return between;
    if (const Break blank = last_break(line, columns, 1); blank.end > 0) return blank;
    return first_break(line);
}

void add_wrapped(std::vector<ScreenLine>& lines, std::string_view rest, std::size_t columns,
                 std::size_t hanging) {
    std::size_t indent = std::min(rest.find_first_not_of(' '), rest.size());
    rest.remove_prefix(indent);
    const std::size_t below = std::max(indent, hanging);
    while (indent + display_width(rest) > columns && rest.find(' ') != rest.npos) {
        const Break at = break_of(rest, columns > indent ? columns - indent : 0, hanging == 0);
        lines.push_back({indent, rest.substr(0, at.end)});
        rest.remove_prefix(at.next);
        if (rest.empty()) return;
        indent = below;
    }
    lines.push_back({rest.empty() ? 0 : indent, rest});
}

}  // namespace

std::vector<ScreenLine> wrapped_lines(std::string_view text, std::size_t columns, std::size_t hanging) {
    std::vector<ScreenLine> lines;
    for (const std::string_view line : split(text, '\n'))
        add_wrapped(lines, line, columns, hanging);
    return lines;
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t hanging) {
    std::string result;
    for (const ScreenLine& line : wrapped_lines(text, columns, hanging))
        result.append(line.indent, ' ').append(line.text).append("\n");
    return result;
}

}  // namespace secondstep::tool
