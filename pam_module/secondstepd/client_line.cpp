#include "secondstepd/client_line.h"

#include "secondstepd/peer_socket.h"

namespace secondstep::service {

Result<std::optional<wire::Message>> ClientLine::receive() const {
    return receive_message(socket_.get());
}

bool ClientLine::send_due() {
    while (outbox_.due())
        if (!send_packet_now()) return false;
    return true;
}

// False: there is no room now.
bool ClientLine::send_packet_now() {
    if (!gone_) {
        const Result<bool> done = send_packet(socket_.get(), outbox_.packet());
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
