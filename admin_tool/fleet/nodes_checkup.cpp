#include "fleet/nodes_checkup.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <ratio>
#include <string>
#include <utility>
#include <variant>

#include "process/privileges.h"
#include "relay/line.h"

namespace secondstep::tool {

namespace {

using std::chrono::milliseconds;

const std::string subject = "fleet";

constexpr milliseconds patience_with_the_relay{2'000};
constexpr milliseconds clocks_may_differ{1'000};
constexpr milliseconds codes_may_fail{2'000};

std::string tenths(milliseconds time) {
    const auto rounded = std::chrono::round<std::chrono::duration<std::int64_t, std::deci>>(time).count();
    return std::to_string(rounded / 10) + "." + std::to_string(rounded % 10) + " s";
}

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
    const std::string clocks = text + "; its clock is " + tenths(std::chrono::abs(*node.ahead)) +
                               (node.ahead->count() > 0 ? " ahead of" : " behind") +
                               " this one, and its clock judges codes";
    const std::string mend = "timedatectl timesync-status, or chronyc tracking, on both machines";
    return off > codes_may_fail ? wrong(subject, clocks, mend) : warning(subject, clocks, mend);
}

Result<relay::NodesSeen> nodes_seen(const Config& config) {
    const relay::Line::Time until = std::chrono::steady_clock::now() + patience_with_the_relay;
    const auto is_relay = [&](uid_t uid) {
        const Result<process::Ids> ids = process::ids_of(config.fleet.account);
        return ids && ids->user == uid;
    };
    const auto line = relay::line_to_the_relay(config.fleet.relay_socket, is_relay, until);
    if (!line) return std::unexpected(line.error());
    if (const auto sent = (*line)->send(relay::NodesAsked{}, until); !sent)
        return std::unexpected(sent.error());
    auto answer = (*line)->receive(until);
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
