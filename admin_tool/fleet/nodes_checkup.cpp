#include "fleet/nodes_checkup.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <variant>

#include "fleet/clock_distance.h"
#include "fleet/own_relay.h"

namespace secondstep::tool {

namespace {

using std::chrono::milliseconds;

const std::string subject = "fleet";

constexpr milliseconds codes_may_fail{2'000};

std::string in_milliseconds(std::chrono::microseconds time) {
    const std::int64_t tenths_of_one = (time.count() + 99) / 100;
    return std::to_string(tenths_of_one / 10) + "." + std::to_string(tenths_of_one % 10) + " ms";
}

// What is sure: it read its clock somewhere on the way.
milliseconds sure_of(milliseconds ahead, std::chrono::microseconds round_trip) {
    const auto doubt = std::chrono::ceil<milliseconds>(round_trip / 2);
    return std::max(milliseconds{0}, std::chrono::abs(ahead) - doubt);
}

Diagnosis judged_node(const relay::NodeSeen& node, bool another_is_asked) {
    const std::string who = node.name + " (" + node.address + ")";
    if (!node.is_asked || !node.round_trip) {
        const std::string text =
            who + " is not asked: " + (node.problem.empty() ? "it has not answered yet" : node.problem);
        const std::string mend = "journalctl -u secondstep-relay here, and on " + node.name;
        if (another_is_asked) return warning(subject, text, mend);
        return wrong(subject, text + "; nobody with a second step gets in", mend);
    }
    const std::string text = who + " answers within " + in_milliseconds(*node.round_trip);
    if (!node.ahead) return fine(subject, text + "; it is of an earlier version, and does not tell its time");
    const milliseconds off = sure_of(*node.ahead, *node.round_trip);
    if (off <= clocks_may_differ) return fine(subject, text + ", and its clock agrees with this one");
    const std::string clocks = text + "; its clock is " + distance_in_words(*node.ahead) +
                               (node.ahead->count() > 0 ? " ahead of" : " behind") +
                               " this one, and its clock judges codes";
    const std::string mend = "timedatectl timesync-status, or chronyc tracking, on both machines";
    return off > codes_may_fail ? wrong(subject, clocks, mend) : warning(subject, clocks, mend);
}

Result<relay::NodesSeen> nodes_seen(const Config& config) {
    auto answer = ask_own_relay(config, config.fleet.relay_socket, relay::NodesAsked{});
    if (!answer) return std::unexpected(answer.error());
    auto* const seen = std::get_if<relay::NodesSeen>(&*answer);
    if (seen == nullptr) return fail(Errc::unsupported, "it is of another version than this tool");
    return std::move(*seen);
}

}  // namespace

Diagnoses judged_nodes(const relay::NodesSeen& seen) {
    const bool one_is_asked = std::ranges::any_of(seen.nodes, &relay::NodeSeen::is_asked);
    Diagnoses findings;
    for (const relay::NodeSeen& node : seen.nodes)
        findings.push_back(judged_node(node, one_is_asked));
    return findings;
}

void check_fleet_nodes(const Config& config, Diagnoses& findings) {
    const auto seen = nodes_seen(config);
    if (!seen) {
        findings.push_back(wrong(subject,
                                 "secondstep-relay does not say how the nodes are: " + seen.error().detail,
                                 "systemctl restart secondstep-relay.service"));
        return;
    }
    std::ranges::move(judged_nodes(*seen), std::back_inserter(findings));
}

}  // namespace secondstep::tool
