#include "secondstepd/options.h"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <sstream>
#include <string_view>

#include "paths.h"
#include "process/command_line.h"

namespace secondstep::service {

namespace po = boost::program_options;

namespace {

po::options_description described(Options& options) {
    po::options_description all("Options");
    auto add = all.add_options();
    add("config", po::value(&options.config)->value_name("FILE"), "read this configuration");
    add("socket", po::value(&options.socket)->value_name("PATH"),
        "listen here instead of where the configuration says; not used when a service "
        "manager passed a socket");
    add("once", po::bool_switch(&options.once), "serve one dialogue on descriptor 3, then end");
    add("foreground", po::bool_switch(&options.foreground),
        "write the log to standard error instead of the system log");
    add("version", po::bool_switch(&options.version), "print the version");
    add("help", po::bool_switch(&options.help), "print this");
    return all;
}

// "--once" and "--once --config FILE" are how the PAM module starts us: read by hand, because a person waits
// and the general parser costs more than the rest of the start.
bool parse_as_module_writes_it(int argc, const char* const* argv, Options& options) {
    if (argc < 2 || std::string_view(argv[1]) != "--once") return false;
    if (argc == 4 && std::string_view(argv[2]) == "--config" && argv[3][0] != '-') {
        options.config = argv[3];
    } else if (argc != 2) {
        return false;
    }
    options.once = true;
    return true;
}

}  // namespace

Result<Options> parse_options(int argc, const char* const* argv) {
    Options options;
    options.config = paths::config_file;
    if (parse_as_module_writes_it(argc, argv, options)) return options;
    const auto parsed = process::parse_command_line(argc, argv, described(options), "secondstepd");
    if (!parsed) return std::unexpected(parsed.error());
    return options;
}

std::string usage() {
    Options ignored;
    std::ostringstream out;
    out << "secondstepd asks for the second step of a login: the service behind pam_secondstep.so.\n"
           "Usage: secondstepd [options]\n\n"
        << described(ignored)
        << "\nIt stays in the foreground, reads its configuration again on SIGHUP, and ends on SIGTERM or\n"
           "SIGINT when the verifications that run are stored and answered.\n"
           "Exit status: 0 ended as asked, 1 could not start, 2 wrong command line, 3 bad configuration.\n";
    return out.str();
}

}  // namespace secondstep::service
