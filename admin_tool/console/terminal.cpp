#include "console/terminal.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace secondstep::tool {

namespace {

// Of terminfo: what has no control sequences at all, and what has others than those of ECMA-48.
constexpr auto without_sequences = std::to_array<std::string_view>(
    {"", "dumb", "unknown", "network", "emacs", "glasstty", "lpr", "printer", "tty", "vt50", "vt52"});
constexpr auto families_with_others = std::to_array<std::string_view>({"adm", "hp2", "tvi", "wy5", "wy6"});

// DEC's terminals of one colour, and what calls itself so.
bool is_monochrome(std::string_view name) {
    const bool of_dec = name.size() > 2 && name.starts_with("vt") && name[2] >= '1' && name[2] <= '4';
    return (of_dec && !name.ends_with("-color")) || name.ends_with("-m") || name.ends_with("-mono");
}

// Read before anything runs beside it: this program has one thread.
std::string_view variable(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return value != nullptr ? value : "";
}

}  // namespace

ControlSequences control_sequences_of(std::string_view name) {
    if (std::ranges::find(without_sequences, name) != without_sequences.end())
        return ControlSequences::nothing;
    for (const std::string_view family : families_with_others) {
        if (name.starts_with(family)) return ControlSequences::nothing;
    }
    return is_monochrome(name) ? ControlSequences::reverse_video : ControlSequences::colours;
}

Terminal terminal_of(int fd) {
    Terminal terminal;
    terminal.is_terminal = ::isatty(fd) == 1;
    const ControlSequences known = control_sequences_of(variable("TERM"));
    terminal.escapes = terminal.is_terminal && known != ControlSequences::nothing;
    terminal.colours =
        terminal.is_terminal && known == ControlSequences::colours && variable("NO_COLOR").empty();
    terminal.utf8 = std::string_view(::nl_langinfo(CODESET)) == "UTF-8";  // NOLINT(concurrency-mt-unsafe)
    winsize size{};
    if (terminal.is_terminal && ::ioctl(fd, TIOCGWINSZ, &size) == 0) {
        if (size.ws_col > 0) terminal.columns = size.ws_col;
        if (size.ws_row > 0) terminal.rows = size.ws_row;
    }
    return terminal;
}

}  // namespace secondstep::tool
