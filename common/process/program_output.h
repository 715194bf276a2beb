#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"

namespace secondstep::process {

struct ProgramOutput {
    int status = -1;  // exit status; -1: a signal ended it
    std::string out;
    std::string err;
};

// Runs a program (of a path, or a name alone of one in /usr/sbin, /usr/bin, /sbin, /bin) with the caller's ids and an
// environment of nothing but PATH, without a shell in between, and takes what it writes (64 KiB of each). Errors: timed_out (it was not done after
// `patience`, and was killed), io.
[[nodiscard]] Result<ProgramOutput> output_of(const std::vector<std::string>& words,
                                              std::chrono::milliseconds patience);

}  // namespace secondstep::process
