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

#include "policy/nearest_word.h"
#include "policy/option_types.h"

namespace po = boost::program_options;

namespace secondstep {
namespace option_types {

// How Program_options turns a text into one of our types. Exceptions are its way of saying no;
// none leaves typed_into().
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

// As many times of sending as a state has room for.
constexpr unsigned max_sends_remembered = 10;

constexpr auto global = Option::Scope::global;
constexpr auto in_rule = Option::Scope::rule;

// Name, default, example, meaning, type and place.
constexpr Row<Config> global_rows[] = {
    {{global, "action", "allow", "require",
      "What is asked of people whom no rule below is about: allow (who is enrolled is asked for a code, "
      "who is not goes on without), require (who is not enrolled is refused), enroll (who is not enrolled "
      "enrolls when logging in) or exempt (nobody is asked)."},
     [](Config& c) { return into<ActionWord>(c.rules.defaults.action); }},
    {{global, "enroll_until", "", "2027-03-31",
      "The last day, as YYYY-MM-DD, on which people who are told to enroll may put it off; "
      "empty: they may not."},
     [](Config& c) { return into<LastDay>(c.rules.defaults.enroll_until); }},
    {{global, "enrollment", "registration-code", "open",
      "What people must have to enroll when logging in: registration-code (one that secondstep invite made) "
      "or open (nothing but their password)."},
     [](Config& c) { return into<Proof>(c.rules.defaults.enrollment); }},
    {{global, "methods", "totp", "totp, mail",
      "With what people may enroll: totp (codes that change with the time), hotp (codes that are counted), "
      "mail (codes sent by mail; good enough to recover, no more) or sms (codes sent by SMS; weak)."},
     [](Config& c) { return into<Methods>(c.rules.defaults.methods); }},
    {{global, "remember", "0", "8h",
      "How long the same address is not asked again after a code was accepted: 0, or at most 24 hours, as "
      "90s, 30m, 8h, 1d."},
     [](Config& c) { return into<Duration>(c.rules.defaults.remember); }},
    {{global, "repeat", "0", "30m",
      "How long the same code is accepted again from the same address, for portals that ask on every "
      "request: 0, or at most 24 hours."},
     [](Config& c) { return into<Duration>(c.rules.defaults.repeat); }},
    {{global, "combined_digits", "6", "8",
      "How many digits the code has that is typed behind the password, 6 to 8 (prompt=combined)."},
     [](Config& c) { return into<Number<6, 8>>(c.rules.defaults.combined_digits); }},
    {{global, "allow_self_disable", "", "no",
      "Whether people may switch off their own second step; empty: yes under allow and exempt, no under "
      "require and enroll."},
     [](Config& c) { return into<YesOrNo>(c.rules.defaults.allow_self_disable); }},
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
    {{global, "hint", "yes", "no", "Whether a line above the first prompt says that ? gives help."},
     [](Config& c) { return into<YesOrNo>(c.hint); }},
    {{global, "apps", "Google Authenticator, Microsoft Authenticator, Authy", "Aegis, FreeOTP",
      "Authenticator apps that people are told of when they enroll."},
     [](Config& c) { return into<Sentence>(c.apps); }},
    {{global, "sent_code_digits", "6", "8",
      "How many digits a code has that is sent by mail or SMS, 6 to 8."},
     [](Config& c) { return into<Number<6, 8>>(c.sent_code_digits); }},
    {{global, "sent_code_lifetime", "5m", "10m", "How long a code that was sent is valid, 1m to 10m."},
     [](Config& c) { return into<CodeLifetime>(c.sent_code_lifetime); }},
    {{global, "sent_codes_per_account", "3/15m, 10/1d", "5/30m, 10/1d",
      "How many messages one account may cause: NUMBER/DURATION, ..., each number at most 10. Beyond it "
      "nothing is sent."},
     [](Config& c) { return into<RateLimits<max_sends_remembered>>(c.sent_codes_per_account); }},
    {{global, "sent_codes_per_host", "60/1m", "10/10s, 300/1h",
      "How many messages all accounts of this machine together may cause, at most half of them for trusted "
      "callers. Beyond it nothing is sent."},
     [](Config& c) { return into<RateLimits<100'000>>(c.sent_codes_per_host); }},
    {{global, "notify", "yes", "no",
      "Whether people get a message when their second step was changed, a recovery code was used, or 100 "
      "wrong codes were entered: to the address their codes are sent to."},
     [](Config& c) { return into<YesOrNo>(c.notify); }},
    {{global, "notify_address", "", "{user}@example.com",
      "The mail address of people whose codes are not sent by mail or SMS, for these messages; "
      "empty: they get none."},
     [](Config& c) { return into<MailPattern>(c.notify_address); }},
    {{global, "courier_socket", "/run/secondstep/courier.sock", "/run/courier.sock",
      "Where secondstep-courier waits for messages to send; its socket unit must name the same path."},
     [](Config& c) { return into<SocketPath>(c.courier_socket); }},
    {{global, "trusted_callers", "", "www-data:nginx",
      "Accounts of portals that may ask for anybody but uid 0 on one PAM service, as USER:SERVICE, ..."},
     [](Config& c) { return into<TrustedCallers>(c.trusted_callers); }},
    {{global, "portal_services", "", "nginx",
      "PAM services whose users need not be accounts of this machine, separated by commas."},
     [](Config& c) { return into<Words>(c.portal_services); }},
    {{global, "portal_phone_users", "", "alice, bob",
      "Accounts that may have the link of the picture page sent to a telephone (secondstep portal add "
      "--phone), separated by commas; root may in any case."},
     [](Config& c) { return into<Words>(c.portal_phone_users); }},
    {{global, "portal_page_listen", "8443", "[2001:db8::1]:9443",
      "Where the page for pictures from telephones listens: PORT or ADDRESS:PORT, an IPv6 address in "
      "brackets; 0: any that is free. A port under 1024 can be taken by root's page alone: where others "
      "have accounts, nobody else gets it first."},
     [](Config& c) { return into<PageAddress>(c.portal_page_listen); }},
    {{global, "portal_page_host", "", "login.example.com:443",
      "The name, or NAME:PORT, under which telephones reach that page; empty: the name of the host, and the "
      "port it listens on."},
     [](Config& c) { return into<PageHost>(c.portal_page_host); }},
    {{global, "portal_page_certificate", "", "/etc/ssl/certs/login.pem",
      "The certificate of that page, followed by those it is vouched for with, in PEM; empty: a self-signed "
      "one for each link, whose fingerprint is shown."},
     [](Config& c) { return into<Path>(c.portal_page_certificate); }},
    {{global, "portal_page_key", "", "/etc/ssl/private/login.pem",
      "The private key of that certificate, in PEM; nobody but its owner and a group may read it."},
     [](Config& c) { return into<Path>(c.portal_page_key); }},
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
    {{global, "machine_id", "/etc/machine-id", "/srv/machine-id",
      "The file with this machine's id, 32 hexadecimal digits as in machine-id(5), by which a store that was "
      "copied from another machine is noticed."},
     [](Config& c) { return into<Path>(c.machine_id); }},
};

constexpr Row<Rule> rule_rows[] = {
    {{in_rule, "users", "", "svc-*, backup", "Names the rule is about; * and ? stand for any characters."},
     [](Rule& r) { return into<Patterns>(r.users); }},
    {{in_rule, "groups", "", "staff, !guests",
      "Groups the rule is about, by their exact names: the person is in one of them, "
      "and in none of those with '!'."},
     [](Rule& r) { return into<Groups>(r.groups); }},
    {{in_rule, "services", "", "sshd, sudo", "PAM services the rule is about."},
     [](Rule& r) { return into<Words>(r.services); }},
    {{in_rule, "networks", "", "192.0.2.0/24, 2001:db8::/32, local",
      "Where the login comes from: networks, addresses, or the word local (no remote host, "
      "and a terminal of this machine)."},
     [](Rule& r) { return into<Networks>(r.networks); }},
    {{in_rule, "action", "", "enroll",
      "What is asked of whom the rule is about: allow, require, enroll or exempt."},
     [](Rule& r) { return into<ActionWord>(r.given.action); }},
    {{in_rule, "enroll_until", "", "2027-03-31", "The last day on which they may put off enrolling."},
     [](Rule& r) { return into<LastDay>(r.given.enroll_until); }},
    {{in_rule, "enrollment", "", "open",
      "What they must have to enroll: registration-code or open (nothing but their first factor, "
      "and inside a login only)."},
     [](Rule& r) { return into<Proof>(r.given.enrollment); }},
    {{in_rule, "methods", "", "totp, hotp", "With what they may enroll."},
     [](Rule& r) { return into<Methods>(r.given.methods); }},
    {{in_rule, "remember", "", "8h", "How long the same address is not asked again."},
     [](Rule& r) { return into<Duration>(r.given.remember); }},
    {{in_rule, "repeat", "", "30m", "How long the same code is accepted again from the same address."},
     [](Rule& r) { return into<Duration>(r.given.repeat); }},
    {{in_rule, "combined_digits", "", "8", "How many digits the code behind their password has."},
     [](Rule& r) { return into<Number<6, 8>>(r.given.combined_digits); }},
    {{in_rule, "allow_self_disable", "", "yes", "Whether they may switch off their own second step."},
     [](Rule& r) { return into<YesOrNo>(r.given.allow_self_disable); }},
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

template <typename Target, std::size_t N>
std::unexpected<Error> unknown(const Row<Target> (&rows)[N], std::string_view key) {
    std::vector<std::string_view> names;
    std::ranges::transform(rows, std::back_inserter(names), [](const auto& row) { return row.option.name; });
    return fail(Errc::not_found,
                "unknown option" + did_you_mean(key, names) + "; secondstep.conf(5) lists them all");
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
    if (const auto* elsewhere = find_row(rule_rows, key))
        return fail(Errc::not_found,
                    std::string(elsewhere->option.name) + " belongs into a [rule NAME] section");
    return unknown(global_rows, key);
}

Result<void> set_option(Rule& rule, const std::string& key, const std::string& value) {
    if (const auto* row = find_row(rule_rows, key)) return typed_into(rule, *row, value);
    if (const auto* elsewhere = find_row(global_rows, key))
        return fail(Errc::not_found, std::string(elsewhere->option.name) +
                                         " is no option of a rule; write it before the first [rule NAME]");
    return unknown(rule_rows, key);
}

}  // namespace secondstep
