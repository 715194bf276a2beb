#include "relay/host_relay.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <string_view>
#include <system_error>
#include <utility>

#include "relay/envelope_socket.h"
#include "relay/home_node.h"

namespace secondstep::relay {
namespace {

constexpr std::chrono::milliseconds patience_with_the_first_packet{5'000};
constexpr std::chrono::milliseconds pause{100};
constexpr std::chrono::milliseconds until_all_are_down{3'000};
// Beside the conversations: for the question whether this program is there, and for who is told that there is no room.
constexpr std::size_t places_for_questions = 64;

UniqueFd copy_of(int fd) {
    UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy.valid()) throw std::system_error(errno, std::generic_category(), "fcntl");
    return copy;
}

}  // namespace

HostRelay::HostRelay(Reactor& reactor, const process::ListeningSocket& socket, const FleetConfig& config,
                     std::set<uid_t> allowed, const Clock& clock, std::size_t descriptors)
    : reactor_(reactor),
      allowed_(std::move(allowed)),
      identity_(FleetDirectory(config.directory, "host"), clock),
      listener_(reactor, copy_of(socket.get()),
                [this] {
                    journal::warn("It cannot wait for conversations any more, and ends.");
                    reactor_.stop();
                }),
      again_(reactor),
      most_(std::clamp<std::size_t>(descriptors / 2, 64, 4096)) {
    for (const FleetConfig::Node& node : config.nodes) {
        nodes_.push_back(std::make_unique<NodeLink>(
            reactor, node, identity_,
            NodeLink::Calls{.ended = [this] { ended(); }, .decided = [this] { begin_if_decided(); }}));
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
    await_conversation();
    ready_();
}

void HostRelay::await_conversation() {
    listener_.when_readable([this] { accept(); });
}

void HostRelay::accept() {
    if (count_ >= most_ + places_for_questions) {
        full_ = true;  // the others wait in the socket's queue
        return;
    }
    UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.valid()) {
        const bool passing = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
        if (passing) return await_conversation();
        // No descriptor, no memory: that may pass.
        again_.after(pause, [this] { await_conversation(); });
        return;
    }
    try {
        receive(std::move(socket));
    } catch (const std::exception& e) {
        journal::warn(std::string("A conversation is not taken: ") + e.what());
    }
    await_conversation();
}

void HostRelay::receive(UniqueFd socket) {
    const Result<uid_t> peer = peer_of(socket.get());
    if (!peer || !allowed_.contains(*peer)) {
        const std::string who = peer ? std::to_string(*peer) : "?";
        return strangers_.warn(who,
                               "uid " + who + " may not ask the nodes; the service does (service_account)");
    }
    const auto local = PacketLink::over(reactor_, std::move(socket));
    Waiting& waiting = waiting_.emplace_back(local, reactor_);
    ++count_;
    PacketLink* const plain = local.get();
    const auto gone = [this, plain] { forget(plain->shared_from_this()); };
    waiting.deadline.after(patience_with_the_first_packet, gone);
    local->start(
        {.packet = [this, plain](Secret first) { begin(plain->shared_from_this(), std::move(first)); },
         .end = gone,
         .drained = {}});
}

void HostRelay::begin(const std::shared_ptr<PacketLink>& local, Secret first) {
    std::erase_if(waiting_, [&](const Waiting& one) { return one.local == local; });
    const auto envelope = decode(first.bytes());
    if (envelope && std::holds_alternative<NodesAsked>(*envelope)) return answer(local, nodes_seen());
    if (envelope && std::holds_alternative<BreakGlassUsed>(*envelope)) return tell(local, std::move(first));
    const Open* const open = envelope ? std::get_if<Open>(&*envelope) : nullptr;
    const bool has_room = count_ <= most_;
    NodeLink* const node = open != nullptr && has_room ? home_of(open->account) : nullptr;
    if (node != nullptr) return node->carry(local, std::move(first));
    if (open == nullptr) {
        journal::warn(
            "The service of this machine began a conversation in a way that is not known here; is it of "
            "another version than secondstep-relay?");
    }
    if (open == nullptr) return answer(local, Lost{Loss::unreadable});
    answer(local, Lost{has_room ? loss_without_a_node() : Loss::no_node});
}

// Any node will do: they have one store. Where none can be told now, whoever asks comes again.
void HostRelay::tell(const std::shared_ptr<PacketLink>& local, Secret used) {
    const auto node = std::ranges::find_if(nodes_, [](const auto& one) { return one->can_be_told(); });
    if (node == nodes_.end()) return answer(local, Lost{Loss::no_node});
    (*node)->tell(local, std::move(used));
}

// Nothing more is heard of it.
void HostRelay::answer(const std::shared_ptr<PacketLink>& local, const Envelope& last) {
    if (auto packet = encode(last)) local->send(std::move(*packet));
    local->close_when_sent();
    ended();
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
// for another conversation is not down.
Loss HostRelay::loss_without_a_node() const {
    const auto now = std::chrono::steady_clock::now();
    const bool down = std::ranges::all_of(nodes_, [&](const auto& node) {
        const auto since = node->down_since();
        return since && now - *since >= until_all_are_down;
    });
    return down ? Loss::all_down : Loss::no_node;
}

void HostRelay::forget(const std::shared_ptr<PacketLink>& local) {
    local->close();
    if (std::erase_if(waiting_, [&](const Waiting& one) { return one.local == local; }) > 0) ended();
}

void HostRelay::ended() {
    --count_;
    if (std::exchange(full_, false)) await_conversation();
}

}  // namespace secondstep::relay
