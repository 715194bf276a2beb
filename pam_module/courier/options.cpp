#include "courier/options.h"

#include <array>

#include "process/command_line.h"

namespace secondstep::courier {

namespace {

using process::CommandLineOption;

std::array<CommandLineOption, 9> table(Options& options) {
    return {
        {{"config", "FILE", "read this configuration", &options.config},
         {"credentials", "FILE", "read names and passwords for servers and gateways from this file",
          &options.credentials},
         {"check", "", "say what is wrong with the two files, send nothing", &options.check},
         {"listen", "", "bind the socket and start a courier for each message; for machines without systemd",
          &options.listen},
         {"socket", "PATH", "with --listen: bind this socket", &options.socket},
         {"owner", "ACCOUNT",
          "with --listen: who may connect; otherwise the service_account of secondstep.conf", &options.owner},
         {"account", "ACCOUNT", "with --listen and --check: the account couriers run as", &options.account},
         {"version", "", "print the version", &options.version},
         {"help", "", "print this", &options.help}}};
}

}  // namespace

Result<Options> parse_options(int argc, const char* const* argv) {
    Options options;
    const auto parsed = process::parse_command_line(argc, argv, table(options), "secondstep-courier");
    if (!parsed) return std::unexpected(parsed.error());
    return options;
}

std::string usage() {
    Options ignored;
    return "secondstep-courier sends one code by mail or SMS. Its socket unit starts it for\n"
           "each message.\n"
           "Usage: secondstep-courier [options]\n\n" +
           process::described(table(ignored)) +
           "\nExit status: 0 the result was reported, 1 could not start, 2 wrong command line,\n"
           "3 (--check) configuration or credentials cannot be used.\n";
}

}  // namespace secondstep::courier
