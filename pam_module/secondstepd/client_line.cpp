#include "secondstepd/client_line.h"

#include <poll.h>

#include "dialogue/conversation/answer_times.h"
#include "relay/envelope_socket.h"
#include "secondstepd/peer_socket.h"

namespace secondstep::service {

std::function<bool()> ClientLine::presence() const {
    return [socket = std::weak_ptr(socket_)] {
        const std::shared_ptr<const Socket> open = socket.lock();
        if (!open) return false;
        const auto heard = std::chrono::steady_clock::now() + dialogue::answer_times::until_it_is_heard;
        if (heard >= open->waits_until.load()) return false;
        pollfd state{.fd = open->fd.get(), .events = 0, .revents = 0};
        return ::poll(&state, 1, 0) <= 0;  // 1: it has hung up
    };
}

Result<std::optional<wire::Message>> ClientLine::receive() {
    return peer_ == Peer::module ? receive_message(fd()) : receive_answer();
}

Result<std::optional<wire::Message>> ClientLine::receive_answer() {
    Result<std::optional<relay::Envelope>> envelope = relay::receive_envelope(fd());
    if (!envelope) return std::unexpected(std::move(envelope.error()));
    if (!*envelope) return std::nullopt;
    const auto* answer = std::get_if<relay::Answer>(&**envelope);
    if (answer == nullptr) return fail(Errc::damaged, "An envelope that is no answer.");
    write_id_ = answer->write;
    socket_->waits_until = answer->left ? std::chrono::steady_clock::now() + *answer->left : Time::max();
    Result<wire::Message> message = wire::decode(answer->packet.bytes());
    if (!message) return std::unexpected(std::move(message.error()));
    return std::optional<wire::Message>(std::move(*message));
}

Result<bool> ClientLine::send_to_peer() const {
    if (peer_ == Peer::module) return send_packet(fd(), outbox_.packet());
    return relay::send_envelope(fd(), relay::Said{outbox_.packet().clone()});
}

bool ClientLine::send_due() {
    while (outbox_.due())
        if (!send_packet_now()) return false;
    return true;
}

// False: there is no room now.
bool ClientLine::send_packet_now() {
    if (!gone_) {
        const Result<bool> done = send_to_peer();
        if (done && !*done) return false;
        gone_ = !done;
    }
    outbox_.sent();
    return true;
}

void ClientLine::send_texts() {
    if (!outbox_.empty()) static_cast<void>(send_packet_now());
}

void ClientLine::hang_up() {
    gone_ = true;
    outbox_.drop();
}

}  // namespace secondstep::service
