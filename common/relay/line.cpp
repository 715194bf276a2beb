#include "relay/line.h"

#include <poll.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "relay/envelope_socket.h"
#include "wire/bounded_socket.h"
#include "wire/deadline.h"

namespace secondstep::relay {
namespace {

wire::Deadline until_then(Line::Time until) {
    return wire::Deadline(
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()));
}

class LocalLine final : public Line {
  public:
    explicit LocalLine(wire::BoundedSocket socket) : socket_(std::move(socket)) {}

    Result<void> send(const Envelope& envelope, Time until) override {
        const wire::Deadline deadline = until_then(until);
        for (;;) {
            const Result<bool> sent = send_envelope(socket_.fd(), envelope);
            if (!sent) return std::unexpected(sent.error());
            if (*sent) return {};
            if (!deadline.await(socket_.fd(), POLLOUT))
                return fail(Errc::timed_out, "the relay takes nothing");
        }
    }

    Result<Envelope> receive(Time until) override {
        const wire::Deadline deadline = until_then(until);
        for (;;) {
            Result<std::optional<Envelope>> envelope = receive_envelope(socket_.fd());
            if (!envelope) return std::unexpected(std::move(envelope.error()));
            if (*envelope) return std::move(**envelope);
            if (!deadline.await(socket_.fd(), POLLIN))
                return fail(Errc::timed_out, "no node answers in time");
        }
    }

  private:
    wire::BoundedSocket socket_;
};

}  // namespace

Result<std::unique_ptr<Line>> line_to_the_relay(const std::string& socket, const IsRelay& is_relay,
                                                Line::Time until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    Result<wire::BoundedSocket> connected = wire::BoundedSocket::connected_to(socket, left);
    if (!connected) return std::unexpected(std::move(connected.error()));
    const Result<uid_t> listener = peer_of(connected->fd());
    if (!listener) return std::unexpected(listener.error());
    if (*listener != 0 && *listener != ::geteuid() && !is_relay(*listener)) {
        return fail(Errc::untrusted,
                    "uid " + std::to_string(*listener) + " listens at " + socket +
                        ", and not secondstep-relay (fleet_account in secondstep.conf): nothing is said "
                        "to it; find out who it is, and remove the socket");
    }
    return std::make_unique<LocalLine>(std::move(*connected));
}

}  // namespace secondstep::relay
