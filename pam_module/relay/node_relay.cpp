#include "relay/node_relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

namespace secondstep::relay {
namespace {

constexpr std::size_t places_for_newcomers = 64;
// A host has one connection; those of a relay that is gone are noticed after some seconds.
constexpr std::size_t most_of_one_host = 4;
constexpr int longest_queue = 256;
constexpr std::chrono::milliseconds pause{100};
constexpr std::size_t most_questions = 16;  // at a time

struct Address {
    sockaddr_storage bytes{};
    socklen_t size = 0;
};

Result<Address> address_of(const FleetConfig::Listen& where) {
    Address address;
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.bytes);
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.bytes);
    if (where.address.empty() || ::inet_pton(AF_INET6, where.address.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(where.port);
        address.size = sizeof(v6);
    } else if (::inet_pton(AF_INET, where.address.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(where.port);
        address.size = sizeof(v4);
    } else {
        return fail(Errc::invalid, "fleet_listen: " + where.address + " is no address");
    }
    return address;
}

Address every_v4(std::uint16_t port) {
    Address address;
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.bytes);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    address.size = sizeof(v4);
    return address;
}

Result<UniqueFd> listen_at(const Address& address, std::uint16_t port) {
    UniqueFd socket(::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.valid()) return fail_errno("socket", errno);
    const int on = 1;
    const int off = 0;
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        (address.bytes.ss_family == AF_INET6 &&
         ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) != 0))
        return fail_errno("setsockopt", errno);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0 ||
        ::listen(socket.get(), longest_queue) != 0) {
        Error error =
            fail_errno("Waiting for hosts on port " + std::to_string(port) + " (fleet_listen)", errno)
                .error();
        return std::unexpected(std::move(error));
    }
    return socket;
}

// As people write it; the v4 one of a v4 peer on a socket of both.
std::string written(const sockaddr_storage& from) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (from.ss_family == AF_INET) {
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(from).sin_addr, text.data(), text.size());
        return text.data();
    }
    const in6_addr& address = reinterpret_cast<const sockaddr_in6&>(from).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
        ::inet_ntop(AF_INET, &address.s6_addr[12], text.data(), text.size());
    } else {
        ::inet_ntop(AF_INET6, &address, text.data(), text.size());
    }
    return text.data();
}

}  // namespace

Result<UniqueFd> listen_for_hosts(const FleetConfig::Listen& where) {
    const Result<Address> address = address_of(where);
    if (!address) return std::unexpected(address.error());
    Result<UniqueFd> socket = listen_at(*address, where.port);
    // A kernel without IPv6.
    if (!socket && where.address.empty()) return listen_at(every_v4(where.port), where.port);
    return socket;
}

NodeRelay::NodeRelay(Reactor& reactor, UniqueFd listener, const FleetConfig& config, uid_t service,
                     const Clock& clock, std::size_t descriptors)
    : reactor_(reactor),
      door_(reactor, config.hosts_socket, service),
      certificate_(reactor, FleetDirectory(config.directory, "node"), door_, clock, {}),
      listener_(reactor, std::move(listener),
                [this] {
                    journal::warn("It cannot wait for hosts any more, and ends.");
                    reactor_.stop();
                }),
      again_(reactor),
      most_(std::clamp<std::size_t>(descriptors / 4, 128, 8192)),
      newcomers_(places_for_newcomers),
      undecided_(most_ / 2),
      seen_(std::chrono::steady_clock::now()) {}

void NodeRelay::answer_questions(const process::ListeningSocket& socket, std::set<uid_t> allowed) {
    questions_.emplace(
        reactor_, socket,
        LocalDoor::Rules{
            .allowed = std::move(allowed),
            .refusal = "may not ask which hosts are connected; root may (secondstep fleet status)",
            .most = most_questions},
        LocalDoor::Calls{
            .first = [this](const std::shared_ptr<PacketLink>& local,
                            const Secret& question) { answer(local, question); },
            .broken = [] { journal::warn("It cannot be asked any more which hosts are connected."); }});
}

void NodeRelay::start() {
    await_host();
    if (questions_) questions_->open();
}

void NodeRelay::close() {
    listener_.close();
    for (const auto& [id, link] : std::exchange(links_, {}))
        link->close("");
}

void NodeRelay::await_host() {
    listener_.when_readable([this] { accept(); });
}

void NodeRelay::accept() {
    if (links_.size() >= most_) {
        full_ = true;  // the others wait in the socket's queue
        return;
    }
    sockaddr_storage from{};
    socklen_t size = sizeof(from);
    UniqueFd socket(
        ::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.valid()) {
        const bool passing = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
        if (passing) return await_host();
        // No descriptor, no memory: that may pass.
        again_.after(pause, [this] { await_host(); });
        return;
    }
    const std::string address = written(from);
    try {
        receive(std::move(socket), address);
    } catch (const std::exception& e) {
        strangers_.warn(address, "A connection from " + address + " is closed: " + e.what());
    }
    await_host();
}

void NodeRelay::receive(UniqueFd socket, const std::string& address) {
    const int on = 1;
    static_cast<void>(::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
    const Id id = next_id_++;
    auto link =
        HostLink::over(reactor_, std::move(socket), certificate_.tls(), address, door_, strangers_, {});
    links_.emplace(id, link);
    if (const auto sent_away = newcomers_.arrive(id, address)) {
        if (const auto found = links_.find(*sent_away); found != links_.end())
            found->second->close("too many wait to show who they are");
    }
    link->start({.shown = [this, id, address] { shown(id, address); },
                 .known = [this, id] { undecided_.leave(id); },
                 .ended = [this, id] { ended(id); }});
}

// While the service is away all hosts of the fleet may wait here: so many at once that none has to go for another, and comes
// again. The others' places are for hosts that are known.
void NodeRelay::shown(Id id, const std::string& address) {
    newcomers_.leave(id);
    if (const auto sent_away = undecided_.arrive(id, address)) {
        if (const auto found = links_.find(*sent_away); found != links_.end())
            found->second->close("too many wait until the service knows them");
    }
    if (!links_.contains(id)) return;
    auto& own = of_host_[links_.at(id)->peer()->fingerprint];
    own.push_back(id);
    if (own.size() > most_of_one_host)
        links_.at(own.front())->close("it has connected again, more than four times");
}

void NodeRelay::ended(Id id) {
    newcomers_.leave(id);
    undecided_.leave(id);
    const auto found = links_.find(id);
    if (found == links_.end()) return;
    if (auto last = found->second->seen()) seen_.gone(std::move(*last), std::chrono::steady_clock::now());
    if (const auto& peer = found->second->peer()) {
        const auto own = of_host_.find(peer->fingerprint);
        if (own != of_host_.end() && std::erase(own->second, id) > 0 && own->second.empty())
            of_host_.erase(own);
    }
    links_.erase(found);
    if (std::exchange(full_, false)) await_host();
}

// --- whoever of this machine asks which hosts it hears ---

void NodeRelay::answer(const std::shared_ptr<PacketLink>& local, const Secret& question) {
    const auto envelope = decode(question.bytes());
    const auto* const asked = envelope ? std::get_if<HostsAsked>(&*envelope) : nullptr;
    if (asked == nullptr) return questions_->answer(local, Lost{Loss::unreadable});
    questions_->answer(local, hosts_after(asked->after));
}

HostsSeen NodeRelay::hosts_after(const std::string& name) const {
    std::vector<HostSeen> connected;
    for (const auto& [id, link] : links_) {
        if (auto seen = link->seen()) connected.push_back(std::move(*seen));
    }
    return seen_.after(name, connected, std::chrono::steady_clock::now());
}

}  // namespace secondstep::relay
