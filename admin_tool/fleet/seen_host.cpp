#include "fleet/seen_host.h"

#include <algorithm>

#include "base/local_time.h"
#include "base/text.h"
#include "console/output.h"
#include "console/table.h"
#include "console/terminal.h"
#include "fleet/clock_distance.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t widest_version = 12;  // more is cut on the screen
constexpr const char* nothing = "-";

Table::Cell heard_of(const relay::HostSeen* host, UnixTime now) {
    if (host == nullptr) return {"not since then", Table::Colour::yellow};
    if (host->connected) return {"connected"};
    return {local_minute(now - host->heard), Table::Colour::yellow};
}

Table::Cell clock_of(const relay::HostSeen* host) {
    if (host == nullptr || !host->ahead) return {nothing};
    const bool is_off = std::chrono::abs(*host->ahead) > clocks_may_differ;
    return {clock_in_words(*host->ahead), is_off ? Table::Colour::yellow : Table::Colour::none};
}

std::string text_or_nothing(const std::string& text) {
    return text.empty() ? nothing : text;
}

}  // namespace

const relay::HostSeen* seen_of(const relay::HostsSeen& seen, const std::string& host) {
    const auto found = std::ranges::find(seen.hosts, host, &relay::HostSeen::name);
    return found == seen.hosts.end() ? nullptr : &*found;
}

std::string clock_in_words(std::chrono::milliseconds ahead) {
    if (std::chrono::abs(ahead) <= clocks_may_differ) return "agrees";
    return distance_in_words(ahead) + (ahead.count() > 0 ? " ahead" : " behind");
}

void show_seen(const fleet::HostList& list, const Result<relay::HostsSeen>& seen, UnixTime now) {
    if (list.hosts.empty()) return;
    out().line("");
    if (!seen && seen.error().code == Errc::not_allowed)
        return out().line(
            "Who of them is connected secondstep-relay tells root alone: run secondstep fleet status as root.");
    if (!seen) {
        out().line(
            "Who of them is connected cannot be told: secondstep-relay of this node does not answer (" +
            printable(seen.error().detail, 512) + ").");
        return;
    }
    out().line("The relay of this node has heard of them since " + local_minute(now - seen->running) +
               "; version and clock are what each host says:");
    std::size_t widest = 4;
    for (const fleet::RegisteredHost& host : list.hosts)
        widest = std::max(widest, host.name.size());
    Stream stream(out());
    Table table(stream, terminal_of(out().fd()),
                {{"HOST", widest},
                 {"HEARD", 16},
                 {"VERSION", widest_version, false, 64},
                 {"ADDRESS", 15, false, 64},
                 {"CLOCK", 0}});
    table.header();
    for (const fleet::RegisteredHost& host : list.hosts) {
        const relay::HostSeen* const one = seen_of(*seen, host.name);
        table.row({{host.name},
                   heard_of(one, now),
                   {one != nullptr ? text_or_nothing(one->version) : nothing},
                   {one != nullptr ? text_or_nothing(one->address) : nothing},
                   clock_of(one)});
    }
    stream.flush();
}

Json relay_to_json(const Result<relay::HostsSeen>& seen, UnixTime now) {
    if (!seen)
        return {
            {"answers", seen.error().code == Errc::not_allowed ? Json() : Json(false)},  // it was not asked
            {"since", Json()},
            {"problem", printable(seen.error().detail, 512)}};
    return {{"answers", true}, {"since", utc_second(now - seen->running)}, {"problem", Json()}};
}

void add_seen(Json& hosts, const Result<relay::HostsSeen>& seen, UnixTime now) {
    for (Json& entry : hosts) {
        const relay::HostSeen* const one =
            seen ? seen_of(*seen, entry.at("host").get<std::string>()) : nullptr;
        entry["connected"] = seen ? Json(one != nullptr && one->connected) : Json();
        entry["connected_since"] =
            one != nullptr && one->connected ? Json(utc_second(now - *one->connected)) : Json();
        entry["heard"] = one != nullptr ? Json(utc_second(now - one->heard)) : Json();
        entry["address"] = one != nullptr ? Json(printable(one->address)) : Json();
        entry["version"] = one != nullptr && !one->version.empty() ? Json(printable(one->version)) : Json();
        entry["clock_ahead_ms"] = one != nullptr && one->ahead ? Json(one->ahead->count()) : Json();
    }
}

}  // namespace secondstep::tool
