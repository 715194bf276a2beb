#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"

namespace secondstep::process {

// An option of a service: "--config FILE" or "--config=FILE", or a switch.
struct CommandLineOption {
    std::string_view name;        // without the dashes
    std::string_view value_name;  // "FILE" in --help; empty for a switch
    std::string_view meaning;     // what --help says of it
    std::variant<bool*, std::string*> target;
};

// Reads a command line into what `options` point to: options alone, each at most once, none of them abbreviated (a
// script that relies on an abbreviation breaks when an option is added). What follows an option that takes a value is
// the value, whatever it looks like. Errors: invalid, with a sentence that says which option, and that `program` has
// --help. Targets may have been set by then.
[[nodiscard]] Result<void> parse_command_line(int argc, const char* const* argv,
                                              std::span<const CommandLineOption> options,
                                              std::string_view program);

// The list of --help, in lines of at most 80 columns.
[[nodiscard]] std::string described(std::span<const CommandLineOption> options);

}  // namespace secondstep::process
