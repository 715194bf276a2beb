#include "relay/host_relay.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "relay/home_node.h"

namespace secondstep::relay {
namespace {

constexpr std::chrono::milliseconds until_all_are_down{3'000};
// Beside the conversations: for the question whether this program is there, and for who is told that there is no room.
constexpr std::size_t places_for_questions = 64;

}  // namespace

HostRelay::HostRelay(Reactor& reactor, const process::ListeningSocket& socket, const FleetConfig& config,
                     std::set<uid_t> allowed, const Clock& clock, std::size_t descriptors)
    : most_(std::clamp<std::size_t>(descriptors / 2, 64, 4096)),
      identity_(FleetDirectory(config.directory, "host"), clock),
      door_(reactor, socket,
            {.allowed = std::move(allowed),
             .refusal = "may not ask the nodes; the service does (service_account)",
             .most = most_ + places_for_questions},
            {.first = [this](const std::shared_ptr<PacketLink>& local,
                             Secret first) { begin(local, std::move(first)); },
             .broken =
                 [&reactor] {
                     journal::warn("It cannot wait for conversations any more, and ends.");
                     reactor.stop();
                 }}) {
    for (const FleetConfig::Node& node : config.nodes) {
        nodes_.push_back(std::make_unique<NodeLink>(
            reactor, node, identity_,
            NodeLink::Calls{.ended = [this] { door_.ended(); }, .decided = [this] { begin_if_decided(); }}));
    }
}

void HostRelay::start(std::function<void()> ready) {
    ready_ = std::move(ready);
    for (const auto& node : nodes_)
        node->start();
}

// A login that comes right after the start is not told that all nodes are down while nobody has asked them.
void HostRelay::begin_if_decided() {
    const bool decided = std::ranges::all_of(nodes_, [](const auto& node) { return node->is_decided(); }) ||
                         std::ranges::any_of(nodes_, [](const auto& node) { return node->is_up(); });
    if (!decided || std::exchange(begun_, true)) return;
    door_.open();
    ready_();
}

void HostRelay::begin(const std::shared_ptr<PacketLink>& local, Secret first) {
    const auto envelope = decode(first.bytes());
    if (envelope && std::holds_alternative<NodesAsked>(*envelope)) return door_.answer(local, nodes_seen());
    if (envelope && std::holds_alternative<BreakGlassUsed>(*envelope)) return tell(local, std::move(first));
    const Open* const open = envelope ? std::get_if<Open>(&*envelope) : nullptr;
    const bool has_room = door_.count() <= most_;
    NodeLink* const node = open != nullptr && has_room ? home_of(open->account) : nullptr;
    if (node != nullptr) return node->carry(local, std::move(first));
    if (open == nullptr) {
        journal::warn(
            "The service of this machine began a conversation in a way that is not known here; is it of "
            "another version than secondstep-relay?");
    }
    if (open == nullptr) return door_.answer(local, Lost{Loss::unreadable});
    door_.answer(local, Lost{has_room ? loss_without_a_node() : Loss::no_node});
}

// Any node will do: they have one store. Where none can be told now, whoever asks comes again.
void HostRelay::tell(const std::shared_ptr<PacketLink>& local, Secret used) {
    const auto node = std::ranges::find_if(nodes_, [](const auto& one) { return one->can_be_told(); });
    if (node == nodes_.end()) return door_.answer(local, Lost{Loss::no_node});
    (*node)->tell(local, std::move(used));
}

NodesSeen HostRelay::nodes_seen() const {
    NodesSeen seen;
    for (const auto& node : nodes_) {
        if (seen.nodes.size() == max_nodes_seen) break;
        seen.nodes.push_back(node->seen());
        std::string& problem = seen.nodes.back().problem;
        problem = problem.substr(0, max_words);
    }
    return seen;
}

NodeLink* HostRelay::home_of(const std::string& account) {
    std::vector<NodeLink*> up;
    std::vector<std::string_view> names;
    for (const auto& node : nodes_) {
        if (!node->is_up()) continue;
        up.push_back(node.get());
        names.push_back(node->name());
    }
    const auto home = home_node(account, names);
    return home && *home ? up[**home] : nullptr;
}

// What a node that restarts is away for is no reason to ask for other codes than always. One that is up and has no room
// for another conversation is not down. Neither is one that does not know this host: it says so each half second for as long as
// that is so, and whoever waits for it to pass has to be told.
Loss HostRelay::loss_without_a_node() const {
    const auto now = std::chrono::steady_clock::now();
    const bool down = std::ranges::all_of(nodes_, [&](const auto& node) {
        const auto since = node->down_since();
        return since && now - *since >= until_all_are_down;
    });
    if (down) return Loss::all_down;
    const bool not_known =
        std::ranges::any_of(nodes_, [](const auto& node) { return node->does_not_know_us(); });
    return not_known ? Loss::not_known : Loss::no_node;
}

}  // namespace secondstep::relay
