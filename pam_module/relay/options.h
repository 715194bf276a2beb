#pragma once

#include <string>

#include "base/error.h"

namespace secondstep::relay {

struct Options {
    std::string config;  // --config, or the built-in path
    bool foreground = false;
    std::string join;  // nodes; empty: no joining
    std::string name;  // of this host in the fleet
    std::string directory;
    bool certificate = false;  // it lies in the directory, and is none to be asked for
    bool version = false;
    bool help = false;
};

// Errors: invalid, with a sentence that says which option.
[[nodiscard]] Result<Options> parse_options(int argc, const char* const* argv);

[[nodiscard]] std::string usage();

// What main() returns.
enum class ExitStatus : int {
    ended = 0,       // asked to end; or joined
    failed = 1,      // could not start or go on; or could not join
    usage = 2,       // the command line is wrong
    bad_config = 3,  // the configuration is wrong, or says that this machine is in no fleet
};

}  // namespace secondstep::relay
