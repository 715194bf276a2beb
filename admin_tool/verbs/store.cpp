#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <csignal>

#include "access/service_child.h"
#include "access/store_session.h"
#include "base/text.h"
#include "console/arguments.h"
#include "console/invocation.h"
#include "console/output.h"
#include "console/prompt.h"
#include "files/caller_file.h"
#include "files/secret_file.h"
#include "fleet/fleet_session.h"
#include "fleet/name_of_host.h"
#include "handover/handing_back.h"
#include "handover/handing_over.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

po::options_description store_options() {
    po::options_description known("Options");
    auto add = known.add_options();
    add("to", po::value<std::string>()->value_name("fleet|files"),
        "where the accounts go: into the fleet, or into a host's own store");
    add("output", po::value<std::string>()->value_name("FILE"),
        "where they leave: a new file (0600), sealed with the token, to be carried to where they go");
    add("token-file", po::value<std::string>()->value_name("FILE"),
        "on a host: the token, instead of asking; \"-\" is standard input");
    add("merge", po::bool_switch(),
        "a name that has another second step there: put the two together, up to 4 devices");
    add("dry-run", po::bool_switch(), "on a node: say what would become of each, and change nothing");
    add("with-root", po::bool_switch(), "on a node: also root, who is one account on all hosts");
    add("all", po::bool_switch(), "--to files, on a node: everybody of the fleet");
    add("names", po::value<std::string>()->value_name("NAMES"),
        "--to files, on a node: these alone, as alice,bob");
    add("without-others", po::bool_switch(),
        "--to files, on a host: delete the second steps of its own store that are not in the file");
    add("json", po::bool_switch(), "the result as JSON");
    return known;
}

enum class Place { host, node };

// What goes with one of the four ways: --to, and on which machine.
struct Way {
    std::string_view to;
    Place place;
    bool leaves;  // a file is made; else one is read
    std::vector<std::string_view> takes;
};
const std::vector<Way>& all_ways() {
    static const std::vector<Way> all{
        {"fleet", Place::host, true, {"output", "token-file"}},
        {"fleet", Place::node, false, {"merge", "dry-run", "with-root"}},
        {"files", Place::node, true, {"output", "all", "names"}},
        {"files", Place::host, false, {"token-file", "merge", "without-others"}},
    };
    return all;
}

OrExit<const Way*> way_of(const Arguments& arguments, Place place) {
    const std::string to = arguments.text("to").value_or("");
    const auto way =
        std::ranges::find_if(all_ways(), [&](const Way& one) { return one.to == to && one.place == place; });
    if (way == all_ways().end())
        return stop(complain(Exit::usage, "store migrate: --to fleet or --to files?"));
    for (const std::string& option : arguments.given()) {
        const bool known =
            option == "to" || option == "json" || std::ranges::find(way->takes, option) != way->takes.end();
        if (!known)
            return stop(complain(Exit::usage, "--" + option + " does not go with --to " + to + " on a " +
                                                  (place == Place::node ? "node" : "host")));
    }
    return &*way;
}

// "web01" where a node takes accounts out for a host, the file where one is read.
OrExit<std::string> operand_of(const Arguments& arguments, const Way& way) {
    const bool wants_one = !way.leaves || way.place == Place::node;
    const auto& words = arguments.operands();
    if (words.size() == (wants_one ? 2U : 1U)) return wants_one ? words[1] : std::string();
    if (!wants_one)
        return stop(
            complain(Exit::usage,
                     "a host hands its own accounts over: store migrate --to fleet --output FILE. The "
                     "file is read on the node"));
    return stop(complain(Exit::usage,
                         way.leaves ? "for which host? store migrate --to files HOST --output FILE"
                                    : "which file? store migrate --to " + std::string(way.to) + " FILE"));
}

OrExit<std::vector<CallerFile>> file_to_make(const Arguments& arguments) {
    const auto path = arguments.text("output");
    if (!path) return stop(complain(Exit::usage, "--output FILE: the file that is carried to where they go"));
    auto file = CallerFile::create(*path, CallerFile::Appears::when_done);
    if (!file) return stop(complain(file.error()));
    std::vector<CallerFile> files;
    files.push_back(std::move(*file));
    return files;
}

OrExit<Secret> token_from(const Arguments& arguments) {
    if (const auto file = arguments.text("token-file")) return first_line_of(*file);
    auto typed = ask(err(), "Token (the node has shown it): ", false);
    if (typed) return std::move(*typed);
    return stop(complain(Exit::usage, "no token was given; --token-file FILE reads it from a file"));
}

// Read several times, so no pipe.
OrExit<UniqueFd> file_to_read(const std::string& path) {
    auto file = open_input(path);
    if (!file) return stop(complain(file.error()));
    if (path != "-") return std::move(*file);
    return stop(complain(Exit::usage, "the accounts are read several times: name a file"));
}

OrExit<std::vector<std::string>> names_from(const Arguments& arguments) {
    std::vector<std::string> names;
    const std::string text = arguments.text("names").value_or("");
    for (const std::string_view name : split(text, ',')) {
        if (!trimmed(name).empty()) names.emplace_back(trimmed(name));
    }
    if (arguments.is_on("all") != names.empty())
        return stop(complain(Exit::usage, "who leaves the fleet: --names alice,bob, or --all"));
    return names;
}

Exit from_host(const Arguments& arguments, const Config& config) {
    auto token = token_from(arguments);
    if (!token) return token.error();
    auto files = file_to_make(arguments);
    if (!files) return files.error();
    const HandingOver wanted{.token = std::move(*token), .json = arguments.is_on("json")};
    return hand_over(config, wanted, *files);
}

Exit into_node(const Arguments& arguments, const Config& config, const std::string& path) {
    const auto file = file_to_read(path);
    if (!file) return file.error();
    return take_into_fleet(config, {.bundle = file->get(),
                                    .merge = arguments.is_on("merge"),
                                    .with_root = arguments.is_on("with-root"),
                                    .dry_run = arguments.is_on("dry-run"),
                                    .json = arguments.is_on("json")});
}

Exit from_node(const Arguments& arguments, const Config& config, const std::string& host) {
    if (!fleet::is_name_of_host(host))
        return complain(Exit::usage, "\"" + printable(host) +
                                         "\" is no name of a host. A file is read on a host; this is a node");
    auto names = names_from(arguments);
    if (!names) return names.error();
    auto files = file_to_make(arguments);
    if (!files) return files.error();
    return hand_back(config, {.host = host, .users = std::move(*names), .json = arguments.is_on("json")},
                     *files);
}

Exit into_host(const Arguments& arguments, const Config& config, const std::string& path) {
    const auto file = file_to_read(path);
    if (!file) return file.error();
    auto token = token_from(arguments);
    if (!token) return token.error();
    const TakingBack wanted{.bundle = file->get(),
                            .token = std::move(*token),
                            .merge = arguments.is_on("merge"),
                            .without_others = arguments.is_on("without-others"),
                            .json = arguments.is_on("json")};
    return take_back(config, wanted);
}

}  // namespace

Exit move_store(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, store_options(), {1, 2});
    if (!arguments) return arguments.error();
    const auto config = configuration(arguments->invocation());
    if (!config) return config.error();
    if (const auto may = may_run_as_service_account(*config); !may) return may.error();
    const Place place = config->fleet.part == FleetPart::node ? Place::node : Place::host;
    const auto way = way_of(*arguments, place);
    if (!way) return way.error();
    const auto operand = operand_of(*arguments, **way);
    if (!operand) return operand.error();
    ::signal(SIGPIPE, SIG_IGN);
    if (place == Place::host)
        return (*way)->leaves ? from_host(*arguments, *config) : into_host(*arguments, *config, *operand);
    return (*way)->leaves ? from_node(*arguments, *config, *operand)
                          : into_node(*arguments, *config, *operand);
}

}  // namespace secondstep::tool
