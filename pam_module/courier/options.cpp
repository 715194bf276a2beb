#include "courier/options.h"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <sstream>

#include "process/command_line.h"

namespace secondstep::courier {

namespace po = boost::program_options;

namespace {

po::options_description described(Options& options) {
    po::options_description all("Options");
    auto add = all.add_options();
    add("config", po::value(&options.config)->value_name("FILE"), "read this configuration");
    add("credentials", po::value(&options.credentials)->value_name("FILE"),
        "read names and passwords for servers and gateways from this file");
    add("check", po::bool_switch(&options.check), "say what is wrong with the two files, send nothing");
    add("listen", po::bool_switch(&options.listen),
        "bind the socket and start a courier for each message; for machines without systemd");
    add("socket", po::value(&options.socket)->value_name("PATH"), "with --listen: bind this socket");
    add("owner", po::value(&options.owner)->value_name("ACCOUNT"),
        "with --listen: who may connect; otherwise the service_account of secondstep.conf");
    add("account", po::value(&options.account)->value_name("ACCOUNT"),
        "with --listen and --check: the account couriers run as");
    add("version", po::bool_switch(&options.version), "print the version");
    add("help", po::bool_switch(&options.help), "print this");
    return all;
}

}  // namespace

Result<Options> parse_options(int argc, const char* const* argv) {
    Options options;
    const auto parsed = process::parse_command_line(argc, argv, described(options), "secondstep-courier");
    if (!parsed) return std::unexpected(parsed.error());
    return options;
}

std::string usage() {
    Options ignored;
    std::ostringstream out;
    out << "secondstep-courier sends one code by mail or SMS. Its socket unit starts it for each message.\n"
           "Usage: secondstep-courier [options]\n\n"
        << described(ignored)
        << "\nExit status: 0 the result was reported, 1 could not start, 2 wrong command line,\n"
           "3 (--check) configuration or credentials cannot be used.\n";
    return out.str();
}

}  // namespace secondstep::courier
