#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <cctype>

#include "access/one_user.h"
#include "access/store_session.h"
#include "base/host_name.h"
#include "base/text.h"
#include "console/arguments.h"
#include "fleet/fleet_creation.h"
#include "fleet/fleet_session.h"
#include "fleet/host_administration.h"
#include "fleet/invitation.h"
#include "fleet/name_of_host.h"
#include "fleet/own_relay.h"
#include "handover/move_permission.h"
#include "policy/option_types.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

constexpr std::chrono::hours longest_validity = std::chrono::days{30};

po::options_description fleet_options() {
    auto known = json_option("of each; create, class, drop-host, withdraw: with \"changed\"");
    auto add = known.add_options();
    add("uids", po::value<std::string>()->value_name("same|differ"),
        "create: whether an account has one uid on all hosts (same, as from a directory; the default), or its own "
        "on each (differ)");
    add("listen", po::value<std::string>()->value_name("ADDRESS"),
        "create: ADDRESS:PORT where hosts find this node; or a port, and then by its name (default 7464)");
    add("name", po::value<std::string>()->value_name("NODE"),
        "create: what this node is called in the fleet; by default as the machine");
    add_site_options(known, "create: ");
    add("names", po::value<std::string>()->value_name("NAMES"), "invite-hosts: who may join, as web01,web02");
    add("pattern", po::bool_switch(),
        "invite-hosts: a * in --names stands for any letters, digits and dashes");
    add("count", po::value<std::string>()->value_name("N"),
        "invite-hosts: how many may join; by default as many as there are names; at most 1000");
    add("valid", po::value<std::string>()->value_name("DURATION"),
        "invite-hosts, let-migrate: how long the token may be used, as 30m, 8h or 2d; at most 30d (default 2h)");
    add("class", po::value<std::string>()->value_name("login|enroll|changes"),
        "invite-hosts: what people may change while they log in there (default login)");
    add("taken-over", po::bool_switch(), "end-migration: what left the fleet is on that host");
    add("take-back", po::bool_switch(),
        "end-migration: it is not, and comes back; what may have been used there is void");
    return known;
}

// Which of the options each of the first words takes, beside --json.
struct Takes {
    std::string_view word;
    std::vector<std::string_view> options;
    std::size_t operands;  // behind the word
};
const std::vector<Takes>& all_words() {
    static const std::vector<Takes> all{
        {"create", {"uids", "listen", "name", "certificate", "key", "ca"}, 0},
        {"invite-hosts", {"names", "pattern", "count", "valid", "class"}, 0},
        {"hosts", {}, 0},
        {"status", {}, 0},
        {"class", {}, 2},
        {"drop-host", {}, 1},
        {"withdraw", {}, 1},
        {"let-migrate", {"valid"}, 1},
        {"end-migration", {"taken-over", "take-back"}, 1},
    };
    return all;
}

OrExit<void> check(const Arguments& arguments) {
    const std::string& word = arguments.operands().front();
    const auto takes = std::ranges::find(all_words(), word, &Takes::word);
    if (takes == all_words().end())
        return stop(complain(Exit::usage, "fleet: not \"" + printable(word) + "\""));
    for (const std::string& option : arguments.given()) {
        if (option != "json" && std::ranges::find(takes->options, option) == takes->options.end())
            return stop(complain(Exit::usage, "--" + option + " does not go with fleet " + word));
    }
    const std::size_t given = arguments.operands().size() - 1;
    if (given == takes->operands) return {};
    return stop(complain(Exit::usage, given < takes->operands ? "fleet " + word +
                                                                    ": a word is missing; see secondstep "
                                                                    "fleet --help"
                                                              : "fleet " + word + ": a word too many"));
}

OrExit<fleet::HostClass> class_named(const std::string& text) {
    const auto found = host_class(text);
    if (found) return *found;
    return stop(
        complain(Exit::usage, "a class is login, enroll or changes, not \"" + printable(text) + "\""));
}

// As hosts are told: an address where there is one, or the machine's own name.
std::string place_of(const FleetConfig::Listen& listen) {
    const std::string where = listen.address.empty() ? lowercase_ascii(host_name()) : listen.address;
    const bool has_colons = where.find(':') != std::string::npos;
    return (has_colons ? "[" + where + "]" : where) + ":" + std::to_string(listen.port);
}

// What of this machine's own name stands before its domain.
std::string own_label() {
    const std::string name = lowercase_ascii(host_name());
    return name.substr(0, name.find('.'));
}

OrExit<FleetCreation> creation_from(const Arguments& arguments, const Config& config) {
    FleetCreation creation{.node = arguments.text("name").value_or(own_label()),
                           .place = {},
                           .listen = config.fleet.listen,
                           .json = arguments.is_on("json")};
    const std::string uids = arguments.text("uids").value_or("same");
    if (uids != "same" && uids != "differ") return stop(complain(Exit::usage, "--uids: same or differ"));
    creation.uids = uids == "same" ? fleet::Uids::same : fleet::Uids::differ;
    creation.uids_given = arguments.has("uids");
    if (const auto text = arguments.text("listen")) {
        const auto listen = option_types::fleet_listen(*text);
        if (!listen) return stop(complain(Exit::usage, "--listen: " + listen.error().detail));
        creation.listen = *listen;
    }
    creation.place = place_of(creation.listen);
    if (!fleet::is_name_of_host(creation.node))
        return stop(complain(
            Exit::usage, "\"" + printable(creation.node) +
                             "\" is no name of a node: lower-case letters, digits, dashes and dots; --name "
                             "says another one"));
    const auto paths = site_paths_from(arguments);
    if (!paths) return stop(paths.error());
    if (!*paths) return creation;
    auto site = read_site_certificate(**paths, {creation.node, fleet::Authority::Role::node});
    if (!site) return stop(site.error());
    creation.site = std::move(*site);
    return creation;
}

OrExit<std::chrono::seconds> validity(const Arguments& arguments) {
    const auto valid = option_types::parse_duration(arguments.text("valid").value_or("2h"), longest_validity);
    if (valid) return *valid;
    return stop(complain(Exit::usage, "--valid: " + valid.error().detail));
}

OrExit<Invitation> invitation_from(const Arguments& arguments) {
    Invitation invitation;
    invitation.is_pattern = arguments.is_on("pattern");
    invitation.json = arguments.is_on("json");
    const std::string names = arguments.text("names").value_or("");
    for (const std::string_view name : split(names, ',')) {
        if (!trimmed(name).empty()) invitation.names.emplace_back(trimmed(name));
    }
    const auto count = arguments.number("count");
    if (!count) return stop(count.error());
    if (*count && (**count == 0 || **count > fleet::most_places))
        return stop(complain(Exit::usage, "--count: from 1 to " + std::to_string(fleet::most_places)));
    if (*count) invitation.count = static_cast<unsigned>(**count);
    const auto valid = validity(arguments);
    if (!valid) return stop(valid.error());
    invitation.valid = *valid;
    const auto changes = class_named(arguments.text("class").value_or("login"));
    if (!changes) return stop(changes.error());
    invitation.changes = *changes;
    return checked(std::move(invitation));
}

Exit permit_move(const Arguments& arguments, const Config& config) {
    const std::string& host = arguments.operands()[1];
    if (!fleet::is_name_of_host(host))
        return complain(
            Exit::usage,
            "\"" + printable(host) + "\" is no name of a host: lower-case letters, digits, dashes and dots");
    const auto valid = validity(arguments);
    if (!valid) return valid.error();
    return run_with_fleet(config, [&](const FleetSession& session) {
        return let_migrate(session, {.host = host, .valid = *valid, .json = arguments.is_on("json")});
    });
}

Exit end_move(const Arguments& arguments, const Config& config) {
    using Away = EndOfMove::Away;
    const bool taken_over = arguments.is_on("taken-over");
    const bool taken_back = arguments.is_on("take-back");
    if (taken_over && taken_back)
        return complain(Exit::usage, "end-migration: --taken-over or --take-back, not both");
    const EndOfMove wanted{
        .host = arguments.operands()[1],
        .away = taken_over ? Away::taken_over : (taken_back ? Away::taken_back : Away::not_said),
        .json = arguments.is_on("json")};
    return run_with_fleet(config,
                          [&](const FleetSession& session) { return end_migration(session, wanted); });
}

Exit create(const Arguments& arguments, const Config& config) {
    const auto creation = creation_from(arguments, config);
    if (!creation) return creation.error();
    return create_fleet(config, arguments.invocation().config_path, *creation);
}

Exit invite(const Arguments& arguments, const Config& config) {
    const auto invitation = invitation_from(arguments);
    if (!invitation) return invitation.error();
    return run_with_fleet(config,
                          [&](const FleetSession& session) { return invite_hosts(session, *invitation); });
}

// The relay is asked before: who has the store's ids may not.
Exit status(const Config& config, bool json) {
    const auto seen = hosts_seen(config);
    return run_with_fleet(config,
                          [&](const FleetSession& session) { return show_fleet(session, seen, json); });
}

Exit administer(const Arguments& arguments, const Config& config) {
    const auto& words = arguments.operands();
    const bool json = arguments.is_on("json");
    const OrExit<fleet::HostClass> changes =
        words[0] == "class" ? class_named(words[2]) : OrExit<fleet::HostClass>(fleet::HostClass::login);
    if (!changes) return changes.error();
    if (words[0] == "status") return status(config, json);
    return run_with_fleet(config, [&](const FleetSession& session) {
        if (words[0] == "hosts") return list_hosts(session, json);
        if (words[0] == "class") return set_class(session, words[1], *changes, json);
        if (words[0] == "drop-host") return drop_host(session, words[1], json);
        return withdraw(session, words[1], json);
    });
}

}  // namespace

Exit administer_fleet(const Command& command, const Invocation& invocation) {
    const auto arguments = Arguments::parse(command, invocation, fleet_options(), {1, 3});
    if (!arguments) return arguments.error();
    if (const auto good = check(*arguments); !good) return good.error();
    const auto config = configuration(arguments->invocation());
    if (!config) return config.error();
    const std::string& word = arguments->operands().front();
    if (word == "create") return create(*arguments, *config);
    if (const auto here = only_on_a_node(*config); !here) return here.error();
    if (word == "let-migrate") return permit_move(*arguments, *config);
    if (word == "end-migration") return end_move(*arguments, *config);
    return word == "invite-hosts" ? invite(*arguments, *config) : administer(*arguments, *config);
}

}  // namespace secondstep::tool
