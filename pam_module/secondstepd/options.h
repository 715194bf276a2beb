#pragma once

#include <optional>
#include <string>

#include "base/error.h"

namespace secondstep::service {

struct Options {
    std::string config;  // --config, or the built-in path
    std::string socket;  // --socket; empty: as the configuration says
    bool once = false;
    bool foreground = false;
    bool version = false;
    bool help = false;
};

// Errors: invalid, with a sentence that says which option.
[[nodiscard]] Result<Options> parse_options(int argc, const char* const* argv);

[[nodiscard]] std::string usage();

// What main() returns.
enum class ExitStatus : int {
    ended = 0,       // asked to end, and everything that ran was finished
    failed = 1,      // could not start, or lost what it needs: host key, store, account, socket
    usage = 2,       // the command line is wrong
    bad_config = 3,  // the configuration is wrong or cannot be read
};

}  // namespace secondstep::service
