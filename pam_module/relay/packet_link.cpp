#include "relay/packet_link.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "relay/envelope.h"
#include "relay/envelope_socket.h"

namespace secondstep::relay {
namespace {

constexpr std::chrono::seconds patience_with_the_last{2};

bool would_block() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS;
}

}  // namespace

std::shared_ptr<PacketLink> PacketLink::over(Reactor& reactor, UniqueFd socket) {
    return std::shared_ptr<PacketLink>(new PacketLink(reactor, std::move(socket)));
}

PacketLink::PacketLink(Reactor& reactor, UniqueFd socket)
    : watched_(reactor, std::move(socket), [this] { end(); }), leaving_(reactor) {}

void PacketLink::start(Calls calls) {
    calls_ = std::move(calls);
    started_ = true;
    await_reading();
}

void PacketLink::await_reading() {
    if (!started_ || reading_ || paused_ || closing_ || !is_open()) return;
    reading_ = true;
    watched_.when_readable([this] { read(); });
}

void PacketLink::read() {
    const auto self = shared_from_this();
    reading_ = false;
    if (paused_ || closing_) return;
    // One byte more than any envelope has: what does not fit is noticed.
    std::array<std::uint8_t, max_envelope + 1> room;  // NOLINT(*-member-init): receive_packet fills it
    const ssize_t size = receive_packet(watched_.get(), room);
    if (size < 0 && would_block()) return await_reading();
    if (size <= 0 || static_cast<std::size_t>(size) > max_envelope) return end();
    Secret packet = Secret::copy_of(ByteView(room.data(), static_cast<std::size_t>(size)));
    ::explicit_bzero(room.data(), static_cast<std::size_t>(size));
    const auto call = calls_.packet;  // it may set others
    call(std::move(packet));
    await_reading();
}

void PacketLink::send(Secret packet) {
    if (!is_open() || closing_) return;
    waiting_ += packet.size();
    queue_.push_back(std::move(packet));
    if (!writing_) write();
}

void PacketLink::write() {
    while (!queue_.empty()) {
        const ByteView next = queue_.front().bytes();
        if (::send(watched_.get(), next.data(), next.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
            if (would_block()) {
                writing_ = true;
                return watched_.when_writable([this] { write_again(); });
            }
            // It may have said something before it hung up: that is read first, and then the end.
            queue_.clear();
            waiting_ = 0;
            break;
        }
        waiting_ -= next.size();
        queue_.pop_front();
    }
    if (closing_) close();
}

void PacketLink::write_again() {
    const auto self = shared_from_this();
    writing_ = false;
    write();
    if (queue_.empty() && is_open() && !closing_ && calls_.drained) calls_.drained();
}

void PacketLink::pause() {
    paused_ = true;
}

void PacketLink::resume() {
    paused_ = false;
    await_reading();
}

void PacketLink::close() {
    queue_.clear();
    waiting_ = 0;
    leaving_.cancel();
    watched_.close();
}

void PacketLink::close_when_sent() {
    if (!is_open()) return;
    closing_ = true;
    if (queue_.empty()) return close();
    // Held by the timer: nobody else knows it any more.
    leaving_.after(patience_with_the_last, [self = shared_from_this()] { self->close(); });
}

void PacketLink::end() {
    const auto self = shared_from_this();
    const auto call = calls_.end;
    const bool told = !closing_ && started_;
    close();
    if (told && call) call();
}

Result<UniqueFd> connect_to(const std::string& path, uid_t owner) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) return fail(Errc::invalid, path + " is too long a path");
    path.copy(address.sun_path, path.size());
    UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.valid()) return fail_errno("socket", errno);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        const int problem = errno;
        Error error = fail_errno("Connecting to " + path, problem).error();
        error.code = problem == EAGAIN ? Errc::busy : Errc::unreachable;
        return std::unexpected(std::move(error));
    }
    const Result<uid_t> peer = peer_of(socket.get());
    if (!peer) return std::unexpected(peer.error());
    if (*peer != 0 && *peer != owner) {
        return fail(Errc::untrusted, "uid " + std::to_string(*peer) + " listens at " + path +
                                         ", and not the service (service_account in secondstep.conf)");
    }
    return socket;
}

}  // namespace secondstep::relay
