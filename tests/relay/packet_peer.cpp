#include "relay/packet_peer.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace secondstep::testing {

PacketPeer::PacketPeer(const std::string& path)
    : socket_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        throw std::runtime_error("connect " + path);
}

void PacketPeer::send(const relay::Envelope& envelope) {
    send_bytes(relay::encode(envelope).value().bytes());
}

void PacketPeer::send_bytes(ByteView packet) {
    if (::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0)
        throw std::runtime_error("send");
}

bool PacketPeer::try_send(const relay::Envelope& envelope, std::chrono::milliseconds patience) {
    pollfd ready{.fd = socket_.get(), .events = POLLOUT, .revents = 0};
    if (::poll(&ready, 1, static_cast<int>(patience.count())) != 1) return false;
    const Secret packet = relay::encode(envelope).value();
    return ::send(socket_.get(), packet.bytes().data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

void PacketPeer::await_packet() const {
    pollfd ready{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    while (::poll(&ready, 1, -1) < 0) {
    }
}

std::optional<relay::Envelope> PacketPeer::receive(std::chrono::milliseconds patience) {
    pollfd ready{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, static_cast<int>(patience.count())) != 1)
        throw std::runtime_error("no packet came");
    std::array<std::uint8_t, relay::max_envelope + 1> room{};
    const ssize_t size = ::recv(socket_.get(), room.data(), room.size(), 0);
    if (size <= 0) return std::nullopt;
    auto envelope = relay::decode(ByteView(room.data(), static_cast<std::size_t>(size)));
    if (!envelope) throw std::runtime_error(envelope.error().detail);
    return std::move(*envelope);
}

}  // namespace secondstep::testing
