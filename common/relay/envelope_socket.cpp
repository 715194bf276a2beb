#include "relay/envelope_socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace secondstep::relay {
namespace {

bool would_block(int error) {
    return error == EAGAIN || error == EINTR;
}

// Not zeroed; of what it held nothing is left.
class Buffer {
  public:
    Buffer() = default;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { ::explicit_bzero(bytes_.data(), filled_); }

    // As recv(2): the size of the packet, also of one that did not fit.
    ssize_t fill_from(int socket) {
        const ssize_t size = receive_packet(socket, bytes_);
        if (size > 0) filled_ = std::min(static_cast<std::size_t>(size), bytes_.size());
        return size;
    }
    [[nodiscard]] ByteView view() const { return {bytes_.data(), filled_}; }

  private:
    std::array<std::uint8_t, max_envelope> bytes_;
    std::size_t filled_ = 0;
};

}  // namespace

ssize_t receive_packet(int socket, std::span<std::uint8_t> room) {
    const auto receive = [&] { return ::recv(socket, room.data(), room.size(), MSG_DONTWAIT | MSG_TRUNC); };
    const ssize_t size = receive();
    // Told once, of who hung up without reading all: what they said before, a verdict perhaps, comes after it.
    return size < 0 && errno == ECONNRESET ? receive() : size;
}

Result<std::optional<Envelope>> receive_envelope(int socket) {
    Buffer buffer;
    const ssize_t size = buffer.fill_from(socket);
    if (size < 0 && would_block(errno)) return std::nullopt;
    if (size < 0 && errno != ECONNRESET) return fail_errno("recv", errno);
    if (size <= 0) return fail(Errc::closed, "The other side hung up.");
    if (static_cast<std::size_t>(size) > max_envelope) return fail(Errc::damaged, "A packet is too long.");
    Result<Envelope> envelope = decode(buffer.view());
    if (!envelope) return std::unexpected(std::move(envelope.error()));
    return std::optional<Envelope>(std::move(*envelope));
}

Result<bool> send_envelope(int socket, const Envelope& envelope) {
    const Result<Secret> packet = encode(envelope);
    if (!packet) return std::unexpected(packet.error());
    const ssize_t sent = ::send(socket, packet->bytes().data(), packet->size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) return true;
    if (would_block(errno)) return false;
    if (errno == EPIPE || errno == ECONNRESET) return fail(Errc::closed, "The other side hung up.");
    return fail_errno("send", errno);
}

Result<uid_t> peer_of(int socket) {
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return fail_errno("SO_PEERCRED", errno);
    if (size != sizeof(peer) || peer.uid == static_cast<uid_t>(-1))
        return fail(Errc::io, "The kernel does not say who is at the other end of this socket.");
    return peer.uid;
}

}  // namespace secondstep::relay
