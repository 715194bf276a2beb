#include "console/help_text.h"

#include <algorithm>
#include <boost/program_options/cmdline.hpp>

#include "base/character_width.h"
#include "console/wrapped_lines.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

constexpr std::size_t two_columns_need = 60;
constexpr std::size_t widest_left = 26;
constexpr std::size_t below = 6;  // where the right column stands under the left one

// "--valid DURATION"; Boost would print "--valid DURATION (=24h)".
std::string left_of(const po::option_description& option) {
    std::string left = "--" + option.long_name();
    const std::string name = option.canonical_display_name(po::command_line_style::allow_dash_for_short);
    if (name.size() == 2 && name.front() == '-') left = name + ", " + left;
    std::string value = option.format_parameter();
    if (value.empty()) return left;
    return left + " " + value.substr(0, value.find(" (="));
}

// "...; default 24h", where there is one.
std::string right_of(const po::option_description& option) {
    const std::string value = option.format_parameter();
    const std::size_t at = value.find(" (=");
    if (at == value.npos) return option.description();
    const std::string usual = value.substr(at + 3, value.size() - at - 4);
    return option.description() + (usual.empty() ? "" : "; default " + usual);
}

template <typename Range, typename Left>
std::size_t left_width(const Range& rows, Left left) {
    std::size_t width = 0;
    for (const auto& row : rows)
        if (const std::size_t its = display_width(left(row)); its <= widest_left)
            width = std::max(width, its);
    return width;
}

std::string call_of(const FirstWord& word) {
    return std::string(word.word) + (word.operands.empty() ? "" : " ") + std::string(word.operands);
}

void add_first_words(std::string& text, const Command& command, std::size_t columns) {
    if (command.first_words.empty()) return;
    text += "\nWhat may stand behind it:\n";
    HelpRows rows(text, columns, left_width(command.first_words, call_of));
    for (const FirstWord& word : command.first_words)
        rows.add(call_of(word), word.summary);
}

}  // namespace

HelpRows::HelpRows(std::string& text, std::size_t columns, std::size_t width)
    : text_(text), columns_(columns), left_width_(width) {}

void HelpRows::add(std::string_view left, std::string_view right) {
    const std::string begin = "  " + std::string(left);
    const std::size_t column = 2 + left_width_ + 2;
    const bool beside = columns_ >= two_columns_need;
    const std::size_t indent = beside ? column : below;
    std::string lines;
    for (const ScreenLine& line : wrapped_lines(right, columns_ > indent ? columns_ - indent : 1))
        lines.append(indent + line.indent, ' ').append(line.text).append("\n");
    if (beside && display_width(left) <= left_width_) {
        text_ += begin + lines.substr(std::min(display_width(begin), column));
    } else {
        text_ += wrapped(begin, columns_, below) + lines;
    }
}

std::string exit_status_help(std::size_t columns) {
    return wrapped(
        "Exit status: 0 done, 1 refused or not confirmed, 2 wrong call, 3 no such user, 4 store or service "
        "unavailable, 5 not allowed, 6 not enrolled.",
        columns);
}

std::string help_of(const Command& command, const po::options_description& options, std::size_t columns) {
    const std::string verb(command.verb);
    std::string text = wrapped("Usage: secondstep " + verb + (command.operands.empty() ? "" : " ") +
                                   std::string(command.operands) + " [options]",
                               columns, 2) +
                       wrapped("  " + std::string(command.summary), columns);
    add_first_words(text, command, columns);
    text += "\nOptions:\n";
    const auto left = [](const auto& option) { return left_of(*option); };
    HelpRows rows(text, columns, left_width(options.options(), left));
    for (const auto& option : options.options())
        rows.add(left_of(*option), right_of(*option));
    if (!command.example.empty())
        text += "\nExample:\n" + wrapped("  secondstep " + std::string(command.example), columns, 4);
    return text + "\n" + exit_status_help(columns);
}

}  // namespace secondstep::tool
