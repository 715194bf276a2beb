#include "relay/local_door.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

#include "relay/envelope_socket.h"

namespace secondstep::relay {
namespace {

constexpr std::chrono::milliseconds patience_with_the_first_packet{5'000};
constexpr std::chrono::milliseconds before_another_accept{100};

UniqueFd copy_of(int fd) {
    UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy.valid()) throw std::system_error(errno, std::generic_category(), "fcntl");
    return copy;
}

}  // namespace

LocalDoor::LocalDoor(Reactor& reactor, const process::ListeningSocket& socket, Rules rules, Calls calls)
    : reactor_(reactor),
      rules_(std::move(rules)),
      calls_(std::move(calls)),
      listener_(reactor, copy_of(socket.get()), calls_.broken),
      again_(reactor) {}

void LocalDoor::open() {
    await();
}

void LocalDoor::await() {
    listener_.when_readable([this] { accept(); });
}

void LocalDoor::accept() {
    if (count_ >= rules_.most) {
        full_ = true;  // the others wait in the socket's queue
        return;
    }
    UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.valid()) {
        const bool passing = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
        if (passing) return await();
        // No descriptor, no memory: that may pass.
        again_.after(before_another_accept, [this] { await(); });
        return;
    }
    try {
        receive(std::move(socket));
    } catch (const std::exception& e) {
        journal::warn(std::string("Somebody of this machine is not heard: ") + e.what());
    }
    await();
}

void LocalDoor::receive(UniqueFd socket) {
    const Result<uid_t> peer = peer_of(socket.get());
    if (!peer || !rules_.allowed.contains(*peer)) {
        const std::string who = peer ? std::to_string(*peer) : "?";
        return strangers_.warn(who, "uid " + who + " " + rules_.refusal);
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

void LocalDoor::begin(const std::shared_ptr<PacketLink>& local, Secret first) {
    std::erase_if(waiting_, [&](const Waiting& one) { return one.local == local; });
    calls_.first(local, std::move(first));
}

void LocalDoor::answer(const std::shared_ptr<PacketLink>& local, const Envelope& last) {
    if (auto packet = encode(last)) local->send(std::move(*packet));
    local->close_when_sent();
    ended();
}

void LocalDoor::forget(const std::shared_ptr<PacketLink>& local) {
    local->close();
    if (std::erase_if(waiting_, [&](const Waiting& one) { return one.local == local; }) > 0) ended();
}

void LocalDoor::ended() {
    --count_;
    if (std::exchange(full_, false)) await();
}

}  // namespace secondstep::relay
