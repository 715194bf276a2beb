#pragma once

#include <cstdio>
#include <exception>

#include "paths.h"
#include "process/child.h"

namespace secondstep::process {

// The main() of a service: reads the command line, answers --help and --version, and otherwise does `work` with the
// options. ExitStatus has `ended`, `failed` and `usage`; Options has `help` and `version`. What goes wrong is said on
// standard error, with the program's name.
template <typename ExitStatus, typename Parse, typename Usage, typename Work>
int run_program(const char* name, int argc, char** argv, Parse parse_options, Usage usage, Work work) {
    forget_inherited_signals();
    const auto run = [&] {
        const auto options = parse_options(argc, argv);
        if (!options) {
            std::fprintf(stderr, "%s: %s\n", name, options.error().detail.c_str());
            return ExitStatus::usage;
        }
        if (options->help) {
            std::fputs(usage().c_str(), stdout);
            return ExitStatus::ended;
        }
        if (options->version) {
            std::printf("%s %s\n", name, paths::version);
            return ExitStatus::ended;
        }
        return work(*options);
    };
    try {
        return static_cast<int>(run());
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s: %s\n", name, e.what());
        return static_cast<int>(ExitStatus::failed);
    }
}

}  // namespace secondstep::process
