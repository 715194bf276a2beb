#pragma once

#include <cstddef>
#include <string_view>

namespace secondstep::tool {

// What stands at the other end of a descriptor.
struct Terminal {
    bool is_terminal = false;
    bool escapes = false;  // a terminal that obeys control sequences: reverse video at least
    bool colours = false;  // and colours among them; NO_COLOR is unset or empty
    bool utf8 = false;     // the locale's character set; a pipe has one too
    // Where nobody knows, as on a serial line, what a terminal has that is no window.
    std::size_t columns = 80;
    std::size_t rows = 24;
};
[[nodiscard]] Terminal terminal_of(int fd);

// What a terminal with this name (the variable TERM) obeys. A name that is not known is taken for a new one, and
// all of those have colours.
//   "xterm", "linux" => colours; "vt100", "xterm-mono" => reverse_video; "dumb", "" => nothing
enum class ControlSequences { nothing, reverse_video, colours };
[[nodiscard]] ControlSequences control_sequences_of(std::string_view name);

}  // namespace secondstep::tool
