#include "fleet/host_administration.h"

#include <algorithm>
#include <cstdint>

#include "base/duration.h"
#include "base/local_time.h"
#include "base/text.h"
#include "console/json_text.h"
#include "console/output.h"
#include "console/similar_word.h"
#include "fleet/break_glass_report.h"
#include "fleet/host_table.h"
#include "fleet/seen_host.h"
#include "people/audit.h"

namespace secondstep::tool {

namespace {

Exit no_such_host(const FleetSession& session, const std::string& host) {
    std::vector<std::string> known;
    if (const auto list = session.records.hosts()) {
        for (const fleet::RegisteredHost& one : list->hosts)
            known.push_back(one.name);
    }
    return complain(Exit::refused, "no host \"" + printable(host) + "\" has joined" +
                                       did_you_mean(host, known) + "; see secondstep fleet hosts");
}

// All that is said of a fleet, read once.
struct Seen {
    fleet::FleetIdentity identity;
    fleet::HostList hosts;
    std::vector<fleet::JoinPermission> open;
    std::vector<BreakGlassUse> uses;
};

OrExit<Seen> look(const FleetSession& session) {
    auto identity = session.records.identity();
    if (!identity) return stop(complain("fleet", identity.error()));
    if (!*identity)
        return stop(complain(Exit::unavailable, "there is no fleet here: secondstep fleet create makes one"));
    auto hosts = session.records.hosts();
    if (!hosts) return stop(complain("fleet", hosts.error()));
    auto permissions = session.records.permissions();
    if (!permissions) return stop(complain("fleet", permissions.error()));
    auto uses = late_uses(session.store.config, session.now());
    if (!uses) return stop(complain("logins with break-glass codes", uses.error()));
    return Seen{std::move(**identity), std::move(*hosts), open_ones(std::move(*permissions), session.now()),
                std::move(*uses)};
}

std::string_view text_of(fleet::Uids uids) {
    return uids == fleet::Uids::same ? "same" : "differ";
}

Json all_of(const Seen& seen, const Result<relay::HostsSeen>& relay, UnixTime now) {
    Json nodes = Json::array();
    for (const fleet::Node& node : seen.identity.nodes)
        nodes.push_back({{"node", node.name}, {"place", node.place}});
    Json hosts = to_json(seen.hosts, seen.identity);
    add_seen(hosts, relay, now);
    return {{"fleet", hex(seen.identity.id)},
            {"uids", text_of(seen.identity.uids)},
            {"since", utc_second(seen.identity.since)},
            {"certificates_of", whose_certificates(seen.identity)},
            {"nodes", std::move(nodes)},
            {"relay", relay_to_json(relay, now)},
            {"hosts", std::move(hosts)},
            {"permissions", to_json(seen.open, seen.hosts)},
            {"break_glass", to_json(seen.uses)}};
}

void show(const Seen& seen, const Result<relay::HostsSeen>& relay, UnixTime now) {
    out().line("Fleet " + hex(seen.identity.id).substr(0, 8) + ", since " +
               local_minute(seen.identity.since) +
               (seen.identity.uids == fleet::Uids::same ? "; an account has one uid on all hosts."
                                                        : "; an account may have another uid on each host."));
    for (const fleet::Node& node : seen.identity.nodes)
        out().line("Node " + node.name + ", at " + node.place + ".");
    out().line(whose_certificates_in_words(seen.identity));
    out().line("");
    show_hosts(seen.hosts, seen.identity, now);
    show_seen(seen.hosts, relay, now);
    out().line("");
    show_permissions(seen.open, seen.hosts);
    show_uses(seen.uses);
}

}  // namespace

Exit list_hosts(const FleetSession& session, bool json) {
    const auto list = session.records.hosts();
    if (!list) return complain("fleet", list.error());
    const auto identity = session.records.identity();
    if (!identity) return complain("fleet", identity.error());
    if (!*identity)
        return complain(Exit::unavailable, "there is no fleet here: secondstep fleet create makes one");
    const fleet::FleetIdentity& fleet = **identity;
    if (json) {
        out().verbatim(dump(to_json(*list, fleet)));
    } else {
        show_hosts(*list, fleet, session.now());
        if (fleet.is_of_site() && !list->hosts.empty()) out().line("\n" + whose_certificates_in_words(fleet));
    }
    return unless_unwritten();
}

Exit show_fleet(const FleetSession& session, const Result<relay::HostsSeen>& relay, bool json) {
    const auto seen = look(session);
    if (!seen) return seen.error();
    if (json) {
        out().verbatim(dump(all_of(*seen, relay, session.now())));
    } else {
        show(*seen, relay, session.now());
    }
    return unless_unwritten();
}

Exit set_class(const FleetSession& session, const std::string& host, fleet::HostClass changes, bool json) {
    bool there = false;
    const auto changed = session.records.change(
        host, [&](const fleet::RegisteredHost& present) -> std::optional<fleet::RegisteredHost> {
            there = true;
            if (present.changes == changes) return std::nullopt;
            fleet::RegisteredHost next = present;
            next.changes = changes;
            return next;
        });
    if (!changed) return complain("fleet", changed.error());
    if (!there) return no_such_host(session, host);
    if (*changed) audit("fleet-class", "", "host=" + host + " class=" + to_text(changes));
    if (json) {
        out().verbatim(dump({{"host", host}, {"changed", *changed}, {"class", to_text(changes)}}));
    } else {
        out().line(host + (*changed ? " is" : " was already") + " of class " + to_text(changes) + "." +
                   (*changed ? " It counts within two seconds." : ""));
    }
    return unless_unwritten();
}

Exit drop_host(const FleetSession& session, const std::string& host, bool json) {
    const auto dropped = session.records.drop(host);
    if (!dropped) return complain("fleet", dropped.error());
    if (!*dropped) return no_such_host(session, host);
    audit("fleet-drop-host", "", "host=" + host);
    const auto permissions = session.records.permissions();
    const std::size_t open = permissions ? open_ones(*permissions, session.now()).size() : 0;
    if (json) {
        out().verbatim(dump({{"host", host}, {"changed", true}, {"permissions_open", open}}));
        return unless_unwritten();
    }
    out().line(host + " is no host of the fleet any more; what it has open ends within two seconds.");
    const auto identity = session.records.identity();
    if (identity && *identity && (*identity)->is_of_site())
        out().line(
            "If somebody else had it in hand they may have its key, and what the site's authority has revoked is "
            "not looked at here: before it joins again get it a certificate with a new key.");
    if (open > 0)
        out().line(counted(static_cast<std::int64_t>(open), "permission") +
                   " to join is open. If somebody else had " + host +
                   " in hand they may know the token: secondstep fleet status, then fleet withdraw.");
    return unless_unwritten();
}

Exit withdraw(const FleetSession& session, const std::string& permission, bool json) {
    const auto bytes = from_hex(permission);
    fleet::PermissionId id{};
    if (!bytes || bytes->size() != id.size())
        return complain(Exit::usage, "\"" + printable(permission) +
                                         "\" is no number of a permission; see secondstep fleet status");
    std::ranges::copy(*bytes, id.begin());
    const auto gone = session.records.withdraw(id);
    if (!gone) return complain("fleet", gone.error());
    if (*gone) audit("fleet-withdraw", "", "permission=" + hex(id));
    if (json) {
        out().verbatim(dump({{"permission", hex(id)}, {"changed", *gone}}));
    } else {
        out().line(*gone ? "Nobody joins by it any more; who has joined stays."
                         : "There is no such permission (any more); nothing changed.");
    }
    return unless_unwritten();
}

}  // namespace secondstep::tool
