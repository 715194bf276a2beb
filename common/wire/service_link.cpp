#include "wire/service_link.h"

#include <unistd.h>

#include <cstdint>
#include <utility>

#include "wire/once.h"

namespace secondstep::wire {
namespace {

// How long a process of our own may still work after the dialogue: enough for a write
// that waits for its lock.
constexpr std::chrono::milliseconds once_patience = std::chrono::seconds{5};

}  // namespace

Result<ServiceLink> ServiceLink::open(const Options& options) {
    Result<BoundedSocket> socket = BoundedSocket::connected_to(options.socket, options.answer_timeout);
    if (socket) return ServiceLink(std::move(*socket), UniqueFd{}, options);
    if (socket.error().code != Errc::unreachable || ::geteuid() != 0) return std::unexpected(socket.error());

    Result<Once> once = start_once(
        {.path = options.service_program, .config = options.config, .account = options.service_account});
    if (!once)
        return fail(once.error().code,
                    socket.error().detail + "; secondstepd --once: " + once.error().detail);
    return ServiceLink(BoundedSocket(std::move(once->socket), options.answer_timeout),
                       std::move(once->process), options);
}

ServiceLink::ServiceLink(BoundedSocket socket, UniqueFd process, Options options)
    : socket_(std::move(socket)), process_(std::move(process)), options_(std::move(options)) {}

ServiceLink::ServiceLink(ServiceLink&&) noexcept = default;

ServiceLink& ServiceLink::operator=(ServiceLink&& other) noexcept {
    std::swap(socket_, other.socket_);  // what was ours ends with `other`, waited for like any
    std::swap(process_, other.process_);
    std::swap(options_, other.options_);
    std::swap(version_, other.version_);
    std::swap(heard_, other.heard_);
    std::swap(received_, other.received_);
    std::swap(given_, other.given_);
    return *this;
}

ServiceLink::~ServiceLink() {
    socket_.close();  // tells the service that nothing more comes
    if (process_.valid()) end_once(process_, once_patience);
}

bool ServiceLink::speaks_an_older_version(const Result<Message>& first) const {
    const auto* end = first ? std::get_if<End>(&*first) : nullptr;
    return end != nullptr && end->verdict == Verdict::misconfigured && heard_ < version_;
}

Result<Message> ServiceLink::greet(Hello hello) {
    hello.version = version_;
    if (const Result<void> sent = send(hello); !sent) return std::unexpected(sent.error());
    Result<Message> first = receive();
    if (!speaks_an_older_version(first)) return first;
    const std::uint8_t older = heard_;
    Result<ServiceLink> again = open(options_);
    if (!again) return std::unexpected(again.error());
    *this = std::move(*again);
    version_ = older;
    hello.version = older;
    if (const Result<void> sent = send(hello); !sent) return std::unexpected(sent.error());
    return receive();
}

Result<void> ServiceLink::send(const Message& message) {
    const Result<Secret> packet = encode(message, version_);
    if (!packet) return std::unexpected(packet.error());
    return socket_.send(packet->bytes());
}

Result<Message> ServiceLink::receive() {
    if (given_ == received_.size()) {
        Result<std::vector<Message>> packet = receive_packet();
        if (!packet) return std::unexpected(packet.error());
        received_ = std::move(*packet);
        given_ = 0;
    }
    return std::move(received_[given_++]);
}

bool ServiceLink::hangs_up_unread() {
    PacketBuffer nothing;
    if (!left_unread()) static_cast<void>(socket_.receive(nothing));
    return left_unread();
}

Result<std::vector<Message>> ServiceLink::receive_packet() {
    PacketBuffer packet;
    const Result<void> received = socket_.receive(packet);
    if (!received && received.error().code == Errc::closed && process_.valid())
        return fail(Errc::closed, "secondstepd --once ended without a verdict");
    if (!received) return std::unexpected(received.error());
    heard_ = packet.view()[0];
    return decode_packet(packet.view());
}

}  // namespace secondstep::wire
