#include "fleet/break_glass_report.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "base/duration.h"
#include "base/local_time.h"
#include "console/output.h"
#include "console/table.h"
#include "console/terminal.h"

namespace secondstep::tool {

namespace {

constexpr std::chrono::hours news = std::chrono::days{7};
const std::string about = "fleet";

std::string logins(std::size_t count) {
    return counted(static_cast<std::int64_t>(count), "login") + " with break-glass codes";
}

// One line for each host: who is asked about one has to look at the others, too.
void check_told(const std::vector<BreakGlassUse>& uses, UnixTime now, Diagnoses& findings) {
    std::map<std::string, std::vector<BreakGlassUse>> of_host;
    for (const BreakGlassUse& use : uses) {
        if (now - use.at < news) of_host[use.host].push_back(use);
    }
    for (const auto& [host, all] : of_host) {
        const BreakGlassUse& last = all.front();
        findings.push_back(warning(about,
                                   host + ": " + logins(all.size()) + " in 7 days, the last by " +
                                       last.account + " from " + last.from + ", " + local_minute(last.at) +
                                       "; " + std::to_string(last.left) + " codes left",
                                   "where nobody knows of it: secondstep fleet drop-host " + host +
                                       "; new codes: secondstep break-glass --new on " + host));
    }
}

}  // namespace

Result<std::vector<BreakGlassUse>> late_uses(const Config& config, UnixTime now) {
    auto all = BreakGlassUses::told(config.store).all();
    if (!all) return all;
    std::erase_if(*all, [&](const BreakGlassUse& use) { return now - use.at > shown_for; });
    std::ranges::reverse(*all);
    return all;
}

void show_uses(const std::vector<BreakGlassUse>& uses) {
    if (uses.empty()) return;
    out().line("");
    out().line("Logins with break-glass codes, in the last 30 days:");
    std::size_t widest = 4;
    for (const BreakGlassUse& use : uses)
        widest = std::max(widest, use.host.size());
    Stream stream(out());
    Table table(stream, terminal_of(out().fd()),
                {{"HOST", widest}, {"AT", 16}, {"ACCOUNT", 8}, {"LEFT", 4, true, 64}, {"FROM", 0}});
    table.header();
    for (const BreakGlassUse& use : uses)
        table.row(
            {{use.host}, {local_minute(use.at)}, {use.account}, {std::to_string(use.left)}, {use.from}});
    stream.flush();
}

Json to_json(const std::vector<BreakGlassUse>& uses) {
    Json array = Json::array();
    for (const BreakGlassUse& use : uses) {
        array.push_back({{"host", use.host},
                         {"at", utc_second(use.at)},
                         {"account", use.account},
                         {"service", use.service},
                         {"from", use.from},
                         {"left", use.left}});
    }
    return array;
}

void check_uses(const Config& config, UnixTime now, Diagnoses& findings) {
    if (config.fleet.part == FleetPart::none) return;
    const bool is_node = config.fleet.part == FleetPart::node;
    const auto uses = is_node ? late_uses(config, now) : BreakGlassUses::untold(config.store).all();
    if (!uses) {
        findings.push_back(wrong(about, "logins with break-glass codes: " + uses.error().detail,
                                 "set right what it names; doctor reads them again"));
    } else if (is_node) {
        check_told(*uses, now, findings);
    } else if (!uses->empty()) {
        findings.push_back(warning(about, logins(uses->size()) + " of which no node has heard yet",
                                   "they are told when a node answers; journalctl -u secondstepd"));
    }
}

}  // namespace secondstep::tool
