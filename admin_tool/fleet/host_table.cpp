#include "fleet/host_table.h"

#include <algorithm>

#include "base/local_time.h"
#include "base/text.h"
#include "console/output.h"
#include "console/table.h"
#include "console/terminal.h"
#include "fleet/certificate.h"

namespace secondstep::tool {

namespace {

std::string names_in(const fleet::JoinPermission& permission) {
    std::string names;
    for (const std::string& name : permission.names)
        names += (names.empty() ? "" : ",") + name;
    return names;
}

Table::Cell end_of(const fleet::RegisteredHost& host, std::chrono::hours soon, UnixTime now) {
    const UnixTime end = host.next ? std::max(host.certificate_end, host.next_end) : host.certificate_end;
    std::string text = local_minute(end);
    if (host.suspended) text += ", suspended";
    if (host.next) text += ", renewed";
    if (end <= now) return {text + ", ended", Table::Colour::red};
    if (end - now < soon) return {text + ", soon", Table::Colour::yellow};
    return {text};
}

}  // namespace

std::chrono::hours soon_to_end(const fleet::FleetIdentity& identity) {
    return identity.is_of_site() ? std::chrono::hours{8} : std::chrono::days{30};
}

void show_hosts(const fleet::HostList& list, const fleet::FleetIdentity& identity, UnixTime now) {
    if (list.hosts.empty() && list.unreadable.empty()) return out().line("No host has joined.");
    std::size_t widest = 4;
    for (const fleet::RegisteredHost& host : list.hosts)
        widest = std::max(widest, host.name.size());
    Stream stream(out());
    Table table(stream, terminal_of(out().fd()),
                {{"HOST", widest}, {"CLASS", 7}, {"SINCE", 16, false, 64}, {"CERTIFICATE UNTIL", 0}});
    table.header();
    for (const fleet::RegisteredHost& host : list.hosts)
        table.row({{host.name},
                   {to_text(host.changes)},
                   {local_minute(host.since)},
                   end_of(host, soon_to_end(identity), now)});
    stream.flush();
    for (const auto& unreadable : list.unreadable)
        err().line("Warning: " + printable(unreadable.name) + ": " +
                   printable(unreadable.error.detail, 4096));
}

std::string_view whose_certificates(const fleet::FleetIdentity& identity) {
    return identity.is_of_site() ? "site" : "fleet";
}

std::string whose_certificates_in_words(const fleet::FleetIdentity& identity) {
    if (!identity.is_of_site()) return "Certificates are the fleet's own, and renew themselves.";
    const auto authority = fleet::certificate_of(identity.authority);
    return "Certificates are those of the site's own authority" +
           (authority ? ", " + printable(authority->name) + " (until " + local_minute(authority->end) + ")"
                      : std::string()) +
           "; nobody here renews them.";
}

Json to_json(const fleet::HostList& list, const fleet::FleetIdentity& identity) {
    Json array = Json::array();
    for (const fleet::RegisteredHost& host : list.hosts) {
        array.push_back({{"host", host.name},
                         {"class", to_text(host.changes)},
                         {"since", utc_second(host.since)},
                         {"certificate", hex(host.certificate)},
                         {"certificate_until", utc_second(host.certificate_end)},
                         {"certificate_of", whose_certificates(identity)},
                         {"renewing", host.next.has_value()},
                         {"suspended", host.suspended},
                         {"readable", true}});
    }
    for (const auto& unreadable : list.unreadable)
        array.push_back({{"host", unreadable.name}, {"readable", false}});
    return array;
}

void show_permissions(const std::vector<fleet::JoinPermission>& permissions, const fleet::HostList& hosts) {
    if (permissions.empty()) return out().line("No permission to join is open.");
    Stream stream(out());
    Table table(stream, terminal_of(out().fd()),
                {{"PERMISSION", 10},
                 {"LEFT", 9, true},
                 {"CLASS", 7, false, 64},
                 {"UNTIL", 16, false, 64},
                 {"NAMES", 0}});
    table.header();
    for (const fleet::JoinPermission& one : permissions) {
        table.row({{hex(one.id)},
                   {std::to_string(places_left(one, hosts.hosts)) + " of " + std::to_string(one.count)},
                   {to_text(one.changes)},
                   {local_minute(one.end)},
                   {names_in(one)}});
    }
}

Json to_json(const std::vector<fleet::JoinPermission>& permissions, const fleet::HostList& hosts) {
    Json array = Json::array();
    for (const fleet::JoinPermission& one : permissions) {
        array.push_back({{"permission", hex(one.id)},
                         {"names", one.names},
                         {"count", one.count},
                         {"left", places_left(one, hosts.hosts)},
                         {"class", to_text(one.changes)},
                         {"until", utc_second(one.end)}});
    }
    return array;
}

std::vector<fleet::JoinPermission> open_ones(std::vector<fleet::JoinPermission> permissions, UnixTime now) {
    std::erase_if(permissions, [&](const fleet::JoinPermission& one) { return one.end <= now; });
    return permissions;
}

}  // namespace secondstep::tool
