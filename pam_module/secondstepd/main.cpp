#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>

#include "paths.h"
#include "process/child.h"
#include "secondstepd/daemon.h"
#include "secondstepd/once.h"
#include "secondstepd/options.h"

namespace {

using secondstep::service::ExitStatus;

[[gnu::used, gnu::retain]] constexpr auto version_mark = std::to_array(secondstep::paths::version_mark);

ExitStatus run(int argc, const char* const* argv) {
    const auto options = secondstep::service::parse_options(argc, argv);
    if (!options) {
        std::fprintf(stderr, "secondstepd: %s\n", options.error().detail.c_str());
        return ExitStatus::usage;
    }
    if (options->help) {
        std::fputs(secondstep::service::usage().c_str(), stdout);
        return ExitStatus::ended;
    }
    if (options->version) {
        std::printf("secondstepd %s\n", secondstep::paths::version);
        return ExitStatus::ended;
    }
    return options->once ? secondstep::service::run_once(*options)
                         : secondstep::service::run_daemon(*options);
}

}  // namespace

int main(int argc, char** argv) {
    secondstep::process::forget_inherited_signals();
    try {
        return static_cast<int>(run(argc, argv));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "secondstepd: %s\n", e.what());
        return static_cast<int>(ExitStatus::failed);
    }
}
