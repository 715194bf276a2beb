#pragma once

#include <boost/program_options/options_description.hpp>
#include <string_view>

#include "base/error.h"

namespace secondstep::process {

// Reads a command line into the variables that `options` names: options alone, none of them abbreviated (a
// script that relies on an abbreviation breaks when an option is added). Errors: invalid, with a sentence
// that says which option, and that `program` has --help.
[[nodiscard]] Result<void> parse_command_line(int argc, const char* const* argv,
                                              const boost::program_options::options_description& options,
                                              std::string_view program);

}  // namespace secondstep::process
