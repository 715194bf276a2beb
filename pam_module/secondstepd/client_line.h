#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "relay/envelope.h"
#include "wire/message.h"
#include "wire/outbox.h"

namespace secondstep::service {

// The socket of one client, which never blocks, and what it has still to be told. A client that has hung up is
// told nothing any more: what would be sent counts as sent.
class ClientLine {
  public:
    // What is at the other end: a module or the tool, or the relay of a node, which brings a guest's answers in
    // envelopes.
    enum class Peer { module, relay };
    ClientLine(UniqueFd socket, Peer peer)
        : socket_(std::make_shared<Socket>(std::move(socket))), peer_(peer) {}

    [[nodiscard]] int fd() const { return socket_ ? socket_->fd.get() : -1; }
    void close() { socket_.reset(); }
    // Whether the client waits: has not hung up, nor given its latest answer up, by what it said then, before it could hear what
    // is begun now (answer_times::until_it_is_heard), and nobody here has closed it. To be asked on any thread.
    [[nodiscard]] std::function<bool()> presence() const;
    void speak(std::uint8_t version) { outbox_.speak(version); }  // of the client's hello

    // Returns nullopt if none is there. Errors: as receive_message().
    [[nodiscard]] Result<std::optional<wire::Message>> receive();
    // Of the latest answer: the id under which it is to be judged. Nothing: of a module, which names none.
    [[nodiscard]] const std::optional<relay::WriteId>& write_id() const { return write_id_; }

    [[nodiscard]] Result<void> put(const wire::Message& message) { return outbox_.put(message); }
    [[nodiscard]] bool due() const { return outbox_.due(); }
    // False: there is no room now for all that is due.
    [[nodiscard]] bool send_due();
    // Texts that could wait for what follows, before something that takes long. What there is no room for
    // goes with the next.
    void send_texts();

    [[nodiscard]] bool gone() const { return gone_; }
    // Nothing can be sent any more, or what is left is of no use.
    void hang_up();

  private:
    [[nodiscard]] bool send_packet_now();
    [[nodiscard]] Result<bool> send_to_peer() const;
    [[nodiscard]] Result<std::optional<wire::Message>> receive_answer();

    using Time = std::chrono::steady_clock::time_point;
    struct Socket {
        explicit Socket(UniqueFd descriptor) : fd(std::move(descriptor)) {}
        const UniqueFd fd;
        std::atomic<Time> waits_until = Time::max();
    };
    std::shared_ptr<Socket> socket_;  // nothing: closed
    Peer peer_;
    std::optional<relay::WriteId> write_id_;
    wire::Outbox outbox_;
    bool gone_ = false;
};

}  // namespace secondstep::service
