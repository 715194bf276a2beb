#include "secondstepd/options.h"

#include <array>

#include "paths.h"
#include "process/command_line.h"

namespace secondstep::service {

namespace {

using process::CommandLineOption;

std::array<CommandLineOption, 6> table(Options& options) {
    return {
        {{"config", "FILE", "read this configuration", &options.config},
         {"socket", "PATH",
          "listen here instead of where the configuration says; not used when a service manager passed a socket",
          &options.socket},
         {"once", "", "serve one dialogue on descriptor 3, then end", &options.once},
         {"foreground", "", "write the log to standard error instead of the system log", &options.foreground},
         {"version", "", "print the version", &options.version},
         {"help", "", "print this", &options.help}}};
}

}  // namespace

Result<Options> parse_options(int argc, const char* const* argv) {
    Options options;
    options.config = paths::config_file;
    const auto parsed = process::parse_command_line(argc, argv, table(options), "secondstepd");
    if (!parsed) return std::unexpected(parsed.error());
    return options;
}

std::string usage() {
    Options ignored;
    return "secondstepd asks for the second step of a login: the service behind\n"
           "pam_secondstep.so.\n"
           "Usage: secondstepd [options]\n\n" +
           process::described(table(ignored)) +
           "\nIt stays in the foreground, reads its configuration again on SIGHUP, and ends\n"
           "on SIGTERM or SIGINT when the verifications that run are stored and answered.\n"
           "Exit status: 0 ended as asked, 1 could not start, 2 wrong command line,\n"
           "3 bad configuration.\n";
}

}  // namespace secondstep::service
