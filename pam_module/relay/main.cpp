#include "process/program.h"
#include "relay/daemon.h"
#include "relay/join.h"
#include "relay/options.h"

int main(int argc, char** argv) {
    using namespace secondstep::relay;  // NOLINT(google-build-using-namespace): it is their program
    return secondstep::process::run_program<ExitStatus>(
        "secondstep-relay", argc, argv, parse_options, usage,
        [](const Options& options) { return options.join.empty() ? run_daemon(options) : join(options); });
}
