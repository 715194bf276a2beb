#pragma once

#include <optional>
#include <string_view>

#include "base/secret.h"
#include "console/output.h"

namespace secondstep::tool {

inline constexpr std::size_t max_line = 512;

// One line from stdin, without its newline, read byte by byte: what follows stays for the next reader, and
// nothing of it stays in a buffer. Longer than `max_line`: its first max_line + 1 bytes. Returns nullopt
// at the end of input.
[[nodiscard]] std::optional<Secret> read_line();

// Shows `prompt` on `screen`, reads a line; with `echo` off the terminal does not show what is typed.
[[nodiscard]] std::optional<Secret> ask(Output& screen, std::string_view prompt, bool echo);

// "y" or "yes" in either case. Somebody who is not at a terminal has not confirmed anything.
[[nodiscard]] bool confirmed(Output& screen, std::string_view question);

}  // namespace secondstep::tool
