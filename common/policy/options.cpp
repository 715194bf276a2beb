#include "policy/options.h"

#include <array>
#include <iterator>

#include "policy/option_row.h"
#include "policy/option_types.h"

namespace secondstep {
namespace {

using namespace option_types;  // NOLINT(google-build-using-namespace): the table below reads as a table
using std::string_view;

// As many times of sending as a state has room for.
constexpr unsigned max_sends_remembered = 10;

constexpr auto global = Option::Scope::global;
constexpr auto in_rule = Option::Scope::rule;

// Name, default, example, meaning, type and place.
constexpr OptionRow<Option, Config> global_rows[] = {
    {{global, "action", "allow", "require",
      "What is asked of people whom no rule below is about: allow (who is enrolled is asked for a code, "
      "who is not goes on without), require (who is not enrolled is refused), enroll (who is not enrolled "
      "enrolls when logging in) or exempt (nobody is asked)."},
     [](Config& c, string_view v) { return put(c.rules.defaults.action, action(v)); }},
    {{global, "enroll_until", "", "2027-03-31",
      "The last day, as YYYY-MM-DD, on which people who are told to enroll may put it off; "
      "empty: they may not."},
     [](Config& c, string_view v) { return put(c.rules.defaults.enroll_until, last_day(v)); }},
    {{global, "enrollment", "registration-code", "open",
      "What people must have to enroll when logging in: registration-code (one that secondstep invite made) "
      "or open (nothing but their password)."},
     [](Config& c, string_view v) { return put(c.rules.defaults.enrollment, enrollment_proof(v)); }},
    {{global, "methods", "totp", "totp, mail",
      "With what people may enroll: totp (codes that change with the time), hotp (codes that are counted), "
      "mail (codes sent by mail; good enough to recover, no more) or sms (codes sent by SMS; weak)."},
     [](Config& c, string_view v) { return put(c.rules.defaults.methods, methods(v)); }},
    {{global, "remember", "0", "8h",
      "How long the same address is not asked again after a code was accepted: 0, or at most 24 hours, as "
      "90s, 30m, 8h, 1d."},
     [](Config& c, string_view v) { return put(c.rules.defaults.remember, duration(v)); }},
    {{global, "repeat", "0", "30m",
      "How long the same code is accepted again from the same address, for portals that ask on every "
      "request: 0, or at most 24 hours."},
     [](Config& c, string_view v) { return put(c.rules.defaults.repeat, duration(v)); }},
    {{global, "combined_digits", "6", "8",
      "How many digits the code has that is typed behind the password, 6 to 8 (prompt=combined)."},
     [](Config& c, string_view v) { return put(c.rules.defaults.combined_digits, number_between(v, 6, 8)); }},
    {{global, "allow_self_disable", "", "no",
      "Whether people may switch off their own second step; empty: yes under allow and exempt, no under "
      "require and enroll."},
     [](Config& c, string_view v) { return put(c.rules.defaults.allow_self_disable, yes_or_no(v)); }},
    {{global, "tries", "3", "2", "How often one login may ask for a code, 1 to 10."},
     [](Config& c, string_view v) { return put(c.tries, number_between(v, 1, 10)); }},
    {{global, "window", "1", "2",
      "How many time steps before and after the present one a code may come from, 0 to 10."},
     [](Config& c, string_view v) { return put(c.window, number_between(v, 0, 10)); }},
    {{global, "recovery_codes", "10", "12", "How many recovery codes an enrollment makes, 3 to 16."},
     [](Config& c, string_view v) { return put(c.recovery_codes, number_between(v, 3, 16)); }},
    {{global, "issuer", "", "Example Corp",
      "The name of this place in the authenticator app, without ':'; empty means the name of the host."},
     [](Config& c, string_view v) { return put(c.issuer, issuer(v)); }},
    {{global, "contact", "", "IT night desk, +49 30 1234",
      "Whom people should call who cannot log in; it is shown in the help at the prompt."},
     [](Config& c, string_view v) { return put(c.contact, sentence(v)); }},
    {{global, "hint", "yes", "no", "Whether a line above the first prompt says that ? gives help."},
     [](Config& c, string_view v) { return put(c.hint, yes_or_no(v)); }},
    {{global, "apps", "Google Authenticator, Microsoft Authenticator, Authy", "Aegis, FreeOTP",
      "Authenticator apps that people are told of when they enroll."},
     [](Config& c, string_view v) { return put(c.apps, sentence(v)); }},
    {{global, "sent_code_digits", "6", "8",
      "How many digits a code has that is sent by mail or SMS, 6 to 8."},
     [](Config& c, string_view v) { return put(c.sent_code_digits, number_between(v, 6, 8)); }},
    {{global, "sent_code_lifetime", "5m", "10m", "How long a code that was sent is valid, 1m to 10m."},
     [](Config& c, string_view v) { return put(c.sent_code_lifetime, code_lifetime(v)); }},
    {{global, "sent_codes_per_account", "3/15m, 10/1d", "5/30m, 10/1d",
      "How many messages one account may cause: NUMBER/DURATION, ..., each number at most 10. Beyond it "
      "nothing is sent."},
     [](Config& c, string_view v) {
         return put(c.sent_codes_per_account, rate_limits(v, max_sends_remembered));
     }},
    {{global, "sent_codes_per_host", "60/1m", "10/10s, 300/1h",
      "How many messages all accounts of this machine together may cause, at most half of them for trusted "
      "callers. Beyond it nothing is sent."},
     [](Config& c, string_view v) { return put(c.sent_codes_per_host, rate_limits(v, 100'000)); }},
    {{global, "notify", "yes", "no",
      "Whether people get a message when their second step was changed, a recovery code was used, or 100 "
      "wrong codes were entered: to the address their codes are sent to."},
     [](Config& c, string_view v) { return put(c.notify, yes_or_no(v)); }},
    {{global, "notify_address", "", "{user}@example.com",
      "The mail address of people whose codes are not sent by mail or SMS, for these messages; "
      "empty: they get none."},
     [](Config& c, string_view v) { return put(c.notify_address, mail_pattern(v)); }},
    {{global, "courier_socket", "/run/secondstep/courier.sock", "/run/courier.sock",
      "Where secondstep-courier waits for messages to send; its socket unit must name the same path."},
     [](Config& c, string_view v) { return put(c.courier_socket, socket_path(v)); }},
    {{global, "trusted_callers", "", "www-data:nginx",
      "Accounts of portals that may ask for anybody but uid 0 on one PAM service, as USER:SERVICE, ..."},
     [](Config& c, string_view v) { return put(c.trusted_callers, trusted_callers(v)); }},
    {{global, "portal_services", "", "nginx",
      "PAM services whose users need not be accounts of this machine, separated by commas."},
     [](Config& c, string_view v) { return put(c.portal_services, words(v)); }},
    {{global, "portal_phone_users", "", "alice, bob",
      "Accounts that may have the link of the picture page sent to a telephone (secondstep portal add "
      "--phone), separated by commas; root may in any case."},
     [](Config& c, string_view v) { return put(c.portal_phone_users, words(v)); }},
    {{global, "portal_page_listen", "8443", "[2001:db8::1]:9443",
      "Where the page for pictures from telephones listens: PORT or ADDRESS:PORT, an IPv6 address in "
      "brackets; 0: any that is free. A port under 1024 can be taken by root's page alone: where others "
      "have accounts, nobody else gets it first."},
     [](Config& c, string_view v) { return put(c.portal_page_listen, page_address(v)); }},
    {{global, "portal_page_host", "", "login.example.com:443",
      "The name, or NAME:PORT, under which telephones reach that page; empty: the name of the host, and the "
      "port it listens on."},
     [](Config& c, string_view v) { return put(c.portal_page_host, page_host(v)); }},
    {{global, "portal_page_certificate", "", "/etc/ssl/certs/login.pem",
      "The certificate of that page, followed by those it is vouched for with, in PEM; empty: a self-signed "
      "one for each link, whose fingerprint is shown."},
     [](Config& c, string_view v) { return put(c.portal_page_certificate, path(v)); }},
    {{global, "portal_page_key", "", "/etc/ssl/private/login.pem",
      "The private key of that certificate, in PEM; nobody but its owner and a group may read it."},
     [](Config& c, string_view v) { return put(c.portal_page_key, path(v)); }},
    {{global, "fleet", "none", "host",
      "What this machine is in a fleet: none (it judges by its own store), host (it asks the nodes) or node (it "
      "judges for the hosts that have joined)."},
     [](Config& c, string_view v) { return put(c.fleet.part, fleet_part(v)); }},
    {{global, "fleet_nodes", "", "auth1=192.0.2.11:7464",
      "The nodes that a host asks, as NAME=ADDRESS:PORT, ..., an IPv6 address in brackets."},
     [](Config& c, string_view v) { return put(c.fleet.nodes, fleet_nodes(v)); }},
    {{global, "fleet_listen", "7464", "192.0.2.11:7464",
      "Where a node waits for hosts: PORT or ADDRESS:PORT, an IPv6 address in brackets."},
     [](Config& c, string_view v) { return put(c.fleet.listen, fleet_listen(v)); }},
    {{global, "fleet_directory", "/etc/secondstep/fleet", "/srv/fleet",
      "The directory with this machine's certificate for the fleet, its key, and the certificate of the fleet's "
      "authority."},
     [](Config& c, string_view v) { return put(c.fleet.directory, path(v)); }},
    {{global, "fleet_account", "secondstep-relay", "relay",
      "The account of secondstep-relay, which alone speaks to other machines."},
     [](Config& c, string_view v) { return put(c.fleet.account, word(v)); }},
    {{global, "break_glass_users", "root", "root, alice",
      "Who may log in to a host with one of its break-glass codes while no node answers, separated by commas."},
     [](Config& c, string_view v) { return put(c.fleet.break_glass_users, words(v)); }},
    {{global, "relay_socket", "/run/secondstep-relay/relay.sock", "/run/relay.sock",
      "On a host, where secondstep-relay waits for the service; its socket unit must name the same path."},
     [](Config& c, string_view v) { return put(c.fleet.relay_socket, socket_path(v)); }},
    {{global, "hosts_socket", "/run/secondstep/hosts.sock", "/run/hosts.sock",
      "On a node, where the service waits for secondstep-relay."},
     [](Config& c, string_view v) { return put(c.fleet.hosts_socket, socket_path(v)); }},
    {{global, "store", "/var/lib/secondstep", "/srv/secondstep",
      "The directory with what people enrolled; it belongs to the service account alone."},
     [](Config& c, string_view v) { return put(c.store, path(v)); }},
    {{global, "host_key", "/etc/secondstep/host.key", "/srv/keys/secondstep",
      "The file with the keys that seal the store; without it the store cannot be read."},
     [](Config& c, string_view v) { return put(c.host_key, path(v)); }},
    {{global, "socket", "/run/secondstep/secondstep.sock", "/run/second.sock",
      "Where the service listens; with systemd, the socket unit must name the same path."},
     [](Config& c, string_view v) { return put(c.socket, socket_path(v)); }},
    {{global, "service_account", "secondstep", "second",
      "The account the service runs as, and the owner of the store."},
     [](Config& c, string_view v) { return put(c.service_account, word(v)); }},
    {{global, "allow_network_file_system", "no", "yes",
      "Whether the store may lie on NFS, where neither locks nor durable writes can be relied on."},
     [](Config& c, string_view v) { return put(c.allow_network_file_system, yes_or_no(v)); }},
    {{global, "machine_id", "/etc/machine-id", "/srv/machine-id",
      "The file with this machine's id, 32 hexadecimal digits as in machine-id(5), by which a store that was "
      "copied from another machine is noticed."},
     [](Config& c, string_view v) { return put(c.machine_id, path(v)); }},
};

constexpr OptionRow<Option, Rule> rule_rows[] = {
    {{in_rule, "users", "", "svc-*, backup", "Names the rule is about; * and ? stand for any characters."},
     [](Rule& r, string_view v) { return put(r.users, patterns(v)); }},
    {{in_rule, "groups", "", "staff, !guests",
      "Groups the rule is about, by their exact names: the person is in one of them, "
      "and in none of those with '!'."},
     [](Rule& r, string_view v) { return put(r.groups, groups(v)); }},
    {{in_rule, "services", "", "sshd, sudo", "PAM services the rule is about."},
     [](Rule& r, string_view v) { return put(r.services, words(v)); }},
    {{in_rule, "networks", "", "192.0.2.0/24, 2001:db8::/32, local",
      "Where the login comes from: networks, addresses, or the word local (no remote host, "
      "and a terminal of this machine)."},
     [](Rule& r, string_view v) { return put(r.networks, networks(v)); }},
    {{in_rule, "action", "", "enroll",
      "What is asked of whom the rule is about: allow, require, enroll or exempt."},
     [](Rule& r, string_view v) { return put(r.given.action, action(v)); }},
    {{in_rule, "enroll_until", "", "2027-03-31", "The last day on which they may put off enrolling."},
     [](Rule& r, string_view v) { return put(r.given.enroll_until, last_day(v)); }},
    {{in_rule, "enrollment", "", "open",
      "What they must have to enroll: registration-code or open (nothing but their first factor, "
      "and inside a login only)."},
     [](Rule& r, string_view v) { return put(r.given.enrollment, enrollment_proof(v)); }},
    {{in_rule, "methods", "", "totp, hotp", "With what they may enroll."},
     [](Rule& r, string_view v) { return put(r.given.methods, methods(v)); }},
    {{in_rule, "remember", "", "8h", "How long the same address is not asked again."},
     [](Rule& r, string_view v) { return put(r.given.remember, duration(v)); }},
    {{in_rule, "repeat", "", "30m", "How long the same code is accepted again from the same address."},
     [](Rule& r, string_view v) { return put(r.given.repeat, duration(v)); }},
    {{in_rule, "combined_digits", "", "8", "How many digits the code behind their password has."},
     [](Rule& r, string_view v) { return put(r.given.combined_digits, number_between(v, 6, 8)); }},
    {{in_rule, "allow_self_disable", "", "yes", "Whether they may switch off their own second step."},
     [](Rule& r, string_view v) { return put(r.given.allow_self_disable, yes_or_no(v)); }},
};

auto named(string_view key) {
    return [key](const Option& option) { return option.name == key; };
}

std::unexpected<Error> unknown(const auto& rows, string_view key) {
    const auto all = [](const Option&) { return true; };
    return fail(Errc::not_found,
                "unknown option" + meant_among(rows, key, all) + "; secondstep.conf(5) lists them all");
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
    if (const auto* row = find_row(global_rows, named(key))) return set_by(*row, config, value);
    if (const auto* elsewhere = find_row(rule_rows, named(key)))
        return fail(Errc::not_found,
                    std::string(elsewhere->option.name) + " belongs into a [rule NAME] section");
    return unknown(global_rows, key);
}

Result<void> set_option(Rule& rule, const std::string& key, const std::string& value) {
    if (const auto* row = find_row(rule_rows, named(key))) return set_by(*row, rule, value);
    if (const auto* elsewhere = find_row(global_rows, named(key)))
        return fail(Errc::not_found, std::string(elsewhere->option.name) +
                                         " is no option of a rule; write it before the first [rule NAME]");
    return unknown(rule_rows, key);
}

}  // namespace secondstep
