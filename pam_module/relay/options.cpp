#include "relay/options.h"

#include <array>

#include "paths.h"
#include "process/command_line.h"

namespace secondstep::relay {
namespace {

using process::CommandLineOption;

std::array<CommandLineOption, 8> table(Options& options) {
    return {
        {{"config", "FILE", "read this configuration", &options.config},
         {"foreground", "", "log to standard error", &options.foreground},
         {"join", "NODES",
          "ask these nodes (NAME=ADDRESS:PORT, ...) to let this machine join; the token is read from standard "
          "input",
          &options.join},
         {"name", "NAME", "with --join: what this machine is called in the fleet", &options.name},
         {"directory", "PATH", "with --join: write certificate and key there, instead of fleet_directory",
          &options.directory},
         {"certificate", "",
          "with --join: show the certificate of the site's own authority that lies there as host.next, with its key",
          &options.certificate},
         {"version", "", "print the version", &options.version},
         {"help", "", "print this", &options.help}}};
}

}  // namespace

Result<Options> parse_options(int argc, const char* const* argv) {
    Options options;
    options.config = paths::config_file;
    const auto parsed = process::parse_command_line(argc, argv, table(options), "secondstep-relay");
    if (!parsed) return std::unexpected(parsed.error());
    if (options.join.empty() != options.name.empty())
        return fail(Errc::invalid, "--join and --name go together; try secondstep-relay --help");
    if (options.join.empty() && !options.directory.empty())
        return fail(Errc::invalid, "--directory goes with --join; try secondstep-relay --help");
    if (options.join.empty() && options.certificate)
        return fail(Errc::invalid, "--certificate goes with --join; try secondstep-relay --help");
    return options;
}

std::string usage() {
    Options ignored;
    return "secondstep-relay speaks to the other machines of a fleet.\n"
           "Usage: secondstep-relay [--config FILE] [--foreground]\n"
           "       secondstep-relay --join NODES --name NAME [--directory PATH]\n"
           "                        [--certificate] <TOKEN\n\n" +
           process::described(table(ignored)) +
           "\nExit status: 0 asked to end, or joined; 1 could not start, go on or join;\n"
           "2 wrong command line; 3 configuration cannot be used, or says that this machine\n"
           "is in no fleet.\n";
}

}  // namespace secondstep::relay
