#include <array>

#include "paths.h"
#include "process/program.h"
#include "secondstepd/daemon.h"
#include "secondstepd/once.h"
#include "secondstepd/options.h"

[[gnu::used, gnu::retain]] static constexpr auto version_mark =
    std::to_array(secondstep::paths::version_mark);

int main(int argc, char** argv) {
    using namespace secondstep::service;  // NOLINT(google-build-using-namespace): it is their program
    return secondstep::process::run_program<ExitStatus>(
        "secondstepd", argc, argv, parse_options, usage,
        [](const Options& options) { return options.once ? run_once(options) : run_daemon(options); });
}
