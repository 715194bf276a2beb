#include "fleet/hosts_checkup.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/text.h"
#include "fleet/clock_distance.h"
#include "fleet/seen_host.h"

namespace secondstep::tool {

namespace {

constexpr std::chrono::hours silent_for_long{24};
constexpr std::size_t most_named = 8;
const std::string concerning = "fleet";

// "web01 (0.0.9), web02 (0.0.9) and 3 more"
std::string list_of(const std::vector<std::string>& hosts) {
    std::string text;
    for (std::size_t i = 0; i < std::min(hosts.size(), most_named); ++i)
        text += (text.empty() ? "" : ", ") + hosts[i];
    if (hosts.size() > most_named) text += " and " + std::to_string(hosts.size() - most_named) + " more";
    return text;
}

struct Found {
    std::size_t connected = 0;
    std::vector<std::string> off;
    std::vector<std::string> other_version;
    std::vector<std::string> silent;
};

void look_at_connected(const relay::HostSeen& host, std::string_view own_version, Found& found) {
    ++found.connected;
    if (host.ahead && std::chrono::abs(*host.ahead) > clocks_may_differ)
        found.off.push_back(host.name + " (" + clock_in_words(*host.ahead) + ")");
    if (host.version != own_version)
        found.other_version.push_back(
            host.name + " (" + (host.version.empty() ? "an earlier one" : printable(host.version)) + ")");
}

// The relay knows of no time before it began, and nobody of a time before the host had joined.
bool is_silent_for_long(const fleet::RegisteredHost& host, const relay::HostSeen* last,
                        const relay::HostsSeen& seen, UnixTime now) {
    const auto most = last != nullptr ? last->heard : seen.running;
    return std::min<std::chrono::seconds>(most, now - host.since) >= silent_for_long;
}

Found look_at(const fleet::HostList& hosts, const relay::HostsSeen& seen, std::string_view own_version,
              UnixTime now) {
    Found found;
    for (const fleet::RegisteredHost& host : hosts.hosts) {
        const relay::HostSeen* const last = seen_of(seen, host.name);
        if (last != nullptr && last->connected) {
            look_at_connected(*last, own_version, found);
        } else if (!host.suspended && is_silent_for_long(host, last, seen, now)) {
            found.silent.push_back(host.name);
        }
    }
    return found;
}

}  // namespace

Diagnoses judged_hosts(const fleet::HostList& hosts, const Result<relay::HostsSeen>& seen,
                       std::string_view own_version, UnixTime now) {
    if (hosts.hosts.empty()) return {};
    // Who may not ask has not heard that it does not answer.
    if (!seen && seen.error().code == Errc::not_allowed)
        return {warning(concerning, "which hosts are connected secondstep-relay tells root alone",
                        "run secondstep doctor as root")};
    if (!seen)
        return {
            warning(concerning,
                    "secondstep-relay does not say which hosts are connected (where it does not run, none is "
                    "answered): " +
                        seen.error().detail,
                    "systemctl restart secondstep-relay.service")};
    const Found found = look_at(hosts, *seen, own_version, now);
    Diagnoses findings{fine(concerning, std::to_string(found.connected) + " of " +
                                            counted(static_cast<std::int64_t>(hosts.hosts.size()), "host") +
                                            " connected")};
    if (!found.off.empty())
        findings.push_back(
            warning(concerning,
                    "by what they say, clocks of hosts differ from that of this node, which judges codes: " +
                        list_of(found.off),
                    "timedatectl timesync-status, or chronyc tracking, there and here"));
    if (!found.other_version.empty())
        findings.push_back(warning(concerning,
                                   "by what they say, programs of hosts are of another version than here (" +
                                       std::string(own_version) + "): " + list_of(found.other_version),
                                   "upgrade the older; each speaks with the version before its own, and with "
                                   "none before that"));
    if (!found.silent.empty())
        findings.push_back(warning(concerning, "not heard for 24 hours: " + list_of(found.silent),
                                   "journalctl -u secondstep-relay there; of a machine that is no more: "
                                   "secondstep fleet drop-host"));
    return findings;
}

}  // namespace secondstep::tool
