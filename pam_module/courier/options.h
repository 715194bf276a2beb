#pragma once

#include <string>

#include "base/error.h"

namespace secondstep::courier {

struct Options {
    std::string config = "/etc/secondstep/courier.conf";
    std::string credentials = "/etc/secondstep/courier.credentials";
    std::string socket = "/run/secondstep/courier.sock";
    std::string owner;                           // of the socket; empty: service_account of secondstep.conf
    std::string account = "secondstep-courier";  // as root: what each message's process becomes
    bool listen = false;
    bool check = false;
    bool version = false;
    bool help = false;
};

// Errors: invalid, with a sentence that says which option.
[[nodiscard]] Result<Options> parse_options(int argc, const char* const* argv);

[[nodiscard]] std::string usage();

// What main() returns.
enum class ExitStatus : int {
    ended = 0,       // the message's result was reported, whatever it is; or nothing is wrong (--check)
    failed = 1,      // could not start
    usage = 2,       // the command line is wrong
    bad_config = 3,  // --check: configuration or credentials cannot be used
};

}  // namespace secondstep::courier
