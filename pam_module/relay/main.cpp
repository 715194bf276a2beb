#include <cstdio>
#include <exception>

#include "paths.h"
#include "process/child.h"
#include "relay/daemon.h"
#include "relay/join.h"
#include "relay/options.h"

namespace {

using secondstep::relay::ExitStatus;

ExitStatus run(int argc, const char* const* argv) {
    const auto options = secondstep::relay::parse_options(argc, argv);
    if (!options) {
        std::fprintf(stderr, "secondstep-relay: %s\n", options.error().detail.c_str());
        return ExitStatus::usage;
    }
    if (options->help) {
        std::fputs(secondstep::relay::usage().c_str(), stdout);
        return ExitStatus::ended;
    }
    if (options->version) {
        std::printf("secondstep-relay %s\n", secondstep::paths::version);
        return ExitStatus::ended;
    }
    return options->join.empty() ? secondstep::relay::run_daemon(*options)
                                 : secondstep::relay::join(*options);
}

}  // namespace

int main(int argc, char** argv) {
    secondstep::process::forget_inherited_signals();
    try {
        return static_cast<int>(run(argc, argv));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "secondstep-relay: %s\n", e.what());
        return static_cast<int>(ExitStatus::failed);
    }
}
