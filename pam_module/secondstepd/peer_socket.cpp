#include "secondstepd/peer_socket.h"

#include <sys/socket.h>

#include <cerrno>

#include "wire/packet_buffer.h"

namespace secondstep::service {

namespace {

bool would_block(int error) {
    return error == EAGAIN || error == EINTR;
}

}  // namespace

Result<uid_t> peer_uid(int socket) {
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return fail_errno("SO_PEERCRED", errno);
    if (size != sizeof(peer) || peer.uid == static_cast<uid_t>(-1)) {
        return fail(Errc::io, "The kernel does not say who made the other end of this socket.");
    }
    return peer.uid;
}

Result<std::optional<wire::Message>> receive_message(int socket) {
    wire::PacketBuffer buffer;
    const ssize_t size = buffer.fill_from(socket, MSG_DONTWAIT);
    if (size < 0 && would_block(errno)) return std::nullopt;
    if (size < 0 && errno != ECONNRESET) return fail_errno("recv", errno);
    if (size <= 0) return fail(Errc::closed, "The other side hung up.");
    if (static_cast<std::size_t>(size) > wire::max_message)
        return fail(Errc::damaged, "A packet is too long.");
    Result<wire::Message> message = wire::decode(buffer.view());
    if (!message) return std::unexpected(std::move(message.error()));
    return std::optional<wire::Message>(std::move(*message));
}

Result<bool> send_packet(int socket, const Secret& packet) {
    const ssize_t sent = ::send(socket, packet.bytes().data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) return true;
    if (would_block(errno)) return false;
    if (errno == EPIPE || errno == ECONNRESET) return fail(Errc::closed, "The other side hung up.");
    return fail_errno("send", errno);
}

}  // namespace secondstep::service
