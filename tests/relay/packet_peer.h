#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/file.h"
#include "relay/envelope.h"

namespace secondstep::testing {

// One end of a connection of packets, as the service has it: waits at most so long.
class PacketPeer {
  public:
    explicit PacketPeer(UniqueFd socket) : socket_(std::move(socket)) {}
    explicit PacketPeer(const std::string& path);  // connects; throws std::runtime_error

    void send(const relay::Envelope& envelope);
    void send_bytes(ByteView packet);
    [[nodiscard]] bool try_send(const relay::Envelope& envelope, std::chrono::milliseconds patience);
    void await_packet() const;  // one is there, and stays
    // Nothing: the other end hung up. Throws std::runtime_error after `patience`.
    [[nodiscard]] std::optional<relay::Envelope> receive(
        std::chrono::milliseconds patience = std::chrono::seconds{20});
    void hang_up() { socket_ = UniqueFd(); }
    [[nodiscard]] int get() const { return socket_.get(); }

  private:
    UniqueFd socket_;
};

}  // namespace secondstep::testing
