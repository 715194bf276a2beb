#include "policy/options.h"

#include <algorithm>
#include <array>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>
#include <iterator>
#include <memory>

#include "policy/option_types.h"

namespace po = boost::program_options;

namespace secondstep {
namespace option_types {

// How Program_options turns a text into one of our types. Exceptions are its way of saying no; none leaves
// typed_into().
template <typename T>
    requires requires(std::string_view text) { T::parse(text); }
void validate(boost::any& out, const std::vector<std::string>& texts, T*, int) {
    Result<T> parsed = T::parse(texts.empty() ? std::string_view() : std::string_view(texts.front()));
    if (!parsed) throw po::error(parsed.error().detail);
    out = boost::any(std::move(*parsed));
}

}  // namespace option_types

namespace {

using namespace option_types;  // NOLINT(google-build-using-namespace): the table below reads as a table

template <typename T>
po::value_semantic* into(auto& target) {
    return po::value<T>()->notifier([&target](const T& typed) { target = typed.value; });
}

template <typename Target>
struct Row {
    Option option;
    po::value_semantic* (*type)(Target&);
};

constexpr auto global = Option::Scope::global;
constexpr auto in_rule = Option::Scope::rule;

// Name, default, example, meaning, type and place.
constexpr Row<Config> global_rows[] = {
    {{global, "action", "allow", "require",
      "What is asked of people whom no rule below is about: allow (who is enrolled is asked for a code, who "
      "is not "
      "goes on without), require (who is not enrolled is refused) or exempt (nobody is asked)."},
     [](Config& c) { return into<ActionWord>(c.rules.default_action); }},
    {{global, "tries", "3", "2", "How often one login may ask for a code, 1 to 10."},
     [](Config& c) { return into<Number<1, 10>>(c.tries); }},
    {{global, "window", "1", "2",
      "How many time steps before and after the present one a code may come from, 0 to 10."},
     [](Config& c) { return into<Number<0, 10>>(c.window); }},
    {{global, "recovery_codes", "10", "12", "How many recovery codes an enrollment makes, 3 to 16."},
     [](Config& c) { return into<Number<3, 16>>(c.recovery_codes); }},
    {{global, "issuer", "", "Example Corp",
      "The name of this place in the authenticator app, without ':'; empty means the name of the host."},
     [](Config& c) { return into<Issuer>(c.issuer); }},
    {{global, "contact", "", "IT night desk, +49 30 1234",
      "Whom people should call who cannot log in; it is shown in the help at the prompt."},
     [](Config& c) { return into<Sentence>(c.contact); }},
    {{global, "trusted_callers", "", "www-data:nginx",
      "Accounts of portals that may ask for anybody but uid 0 on one PAM service, as USER:SERVICE, ..."},
     [](Config& c) { return into<TrustedCallers>(c.trusted_callers); }},
    {{global, "portal_services", "", "nginx",
      "PAM services whose users need not be accounts of this machine, separated by commas."},
     [](Config& c) { return into<Words>(c.portal_services); }},
    {{global, "store", "/var/lib/secondstep", "/srv/secondstep",
      "The directory with what people enrolled; it belongs to the service account alone."},
     [](Config& c) { return into<Path>(c.store); }},
    {{global, "host_key", "/etc/secondstep/host.key", "/srv/keys/secondstep",
      "The file with the keys that seal the store; without it the store cannot be read."},
     [](Config& c) { return into<Path>(c.host_key); }},
    {{global, "socket", "/run/secondstep/secondstep.sock", "/run/second.sock",
      "Where the service listens; with systemd, the socket unit must name the same path."},
     [](Config& c) { return into<SocketPath>(c.socket); }},
    {{global, "service_account", "secondstep", "second",
      "The account the service runs as, and the owner of the store."},
     [](Config& c) { return into<Word>(c.service_account); }},
    {{global, "allow_network_file_system", "no", "yes",
      "Whether the store may lie on NFS, where neither locks nor durable writes can be relied on."},
     [](Config& c) { return into<YesOrNo>(c.allow_network_file_system); }},
};

constexpr Row<Rule> rule_rows[] = {
    {{in_rule, "users", "", "svc-*, backup", "Names the rule is about; * and ? stand for any characters."},
     [](Rule& r) { return into<Patterns>(r.users); }},
    {{in_rule, "groups", "", "staff, !guests",
      "Groups the rule is about, by their exact names: the person is in one of them, and in none of those "
      "with '!'."},
     [](Rule& r) { return into<Groups>(r.groups); }},
    {{in_rule, "services", "", "sshd, sudo", "PAM services the rule is about."},
     [](Rule& r) { return into<Words>(r.services); }},
    {{in_rule, "networks", "", "192.0.2.0/24, 2001:db8::/32, local",
      "Where the login comes from: networks, addresses, or the word local (no remote host, and a terminal of "
      "this "
      "machine)."},
     [](Rule& r) { return into<Networks>(r.networks); }},
    {{in_rule, "action", "", "require", "What is asked of whom the rule is about: allow, require or exempt."},
     [](Rule& r) { return into<ActionWord>(r.action); }},
};

template <typename Target>
Result<void> typed_into(Target& target, const Row<Target>& row, const std::string& value) {
    const std::string name(row.option.name);
    try {
        po::options_description description;
        description.add_options()(name.c_str(), row.type(target));
        po::parsed_options parsed(&description);
        parsed.options.emplace_back(name, std::vector<std::string>{value});
        po::variables_map map;
        po::store(parsed, map);
        po::notify(map);
    } catch (const po::error& error) {
        return fail(Errc::invalid, name + ": " + error.what());
    }
    return {};
}

template <typename Target, std::size_t N>
const Row<Target>* find_row(const Row<Target> (&rows)[N], std::string_view key) {
    const auto* found = std::ranges::find(rows, key, [](const Row<Target>& row) { return row.option.name; });
    return found == std::end(rows) ? nullptr : found;
}

bool is_planned(std::string_view key) {
    constexpr std::array<std::string_view, 3> planned = {"methods", "remember", "enroll_until"};
    return std::ranges::find(planned, key) != planned.end();
}

std::unexpected<Error> unknown(const std::string& key, bool known_elsewhere, const std::string& elsewhere) {
    if (is_planned(key)) {
        return fail(Errc::not_found, key + " is not there yet in this version; take the line out");
    }
    if (known_elsewhere) return fail(Errc::not_found, key + " " + elsewhere);
    return fail(Errc::not_found, "unknown option '" + key + "'; secondstep.conf(5) lists them all");
}

std::array<Option, std::size(global_rows) + std::size(rule_rows)> all_options() {
    std::array<Option, std::size(global_rows) + std::size(rule_rows)> all{};
    auto* out = all.begin();
    for (const auto& row : global_rows)
        *out++ = row.option;
    for (const auto& row : rule_rows)
        *out++ = row.option;
    return all;
}

}  // namespace

std::span<const Option> option_table() {
    static const auto all = all_options();
    return all;
}

Result<void> set_option(Config& config, const std::string& key, const std::string& value) {
    if (const auto* row = find_row(global_rows, key)) return typed_into(config, *row, value);
    return unknown(key, find_row(rule_rows, key) != nullptr, "belongs into a [rule NAME] section");
}

Result<void> set_option(Rule& rule, const std::string& key, const std::string& value) {
    if (const auto* row = find_row(rule_rows, key)) return typed_into(rule, *row, value);
    return unknown(key, find_row(global_rows, key) != nullptr,
                   "is no option of a rule; write it before the first [rule NAME]");
}

}  // namespace secondstep
