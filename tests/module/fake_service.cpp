#include "fake_service.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>
#include <stdexcept>

namespace secondstep::testing {

void Peer::says(const wire::Message& message) const {
    Secret packet;
    add(packet, message);
    says_bytes(packet.bytes());
}

void Peer::add(Secret& packet, const wire::Message& message) const {
    if (const auto done = wire::append(packet, message, version_); !done)
        throw std::runtime_error(done.error().detail);
}

// A module that is gone already is no concern of the script.
void Peer::says_bytes(ByteView packet) const {
    ::send(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL);
}

std::optional<wire::Message> Peer::hears() const {
    Bytes room(wire::max_message);
    const ssize_t size = ::recv(fd_.get(), room.data(), room.size(), 0);
    if (size <= 0) return std::nullopt;
    Result<wire::Message> message = wire::decode(ByteView(room).first(static_cast<std::size_t>(size)));
    if (!message) throw std::runtime_error("the module sent " + message.error().detail);
    return std::move(*message);
}

std::string Peer::hears_answer() const {
    const std::optional<wire::Message> message = hears();
    if (!message) return "HUNG UP";
    const auto& answer = std::get<wire::Answer>(*message);
    switch (answer.kind) {
        case wire::AnswerKind::none:
            return "NULL";
        case wire::AnswerKind::too_long:
            return "TOO LONG";
        case wire::AnswerKind::text:
        case wire::AnswerKind::form:
            break;
    }
    return std::string(answer.text.text());
}

void Peer::waits_for_an_answer() const {
    pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, -1);
}

void Peer::is_heard() const {
    for (int unread = 1; unread > 0; std::this_thread::yield()) {
        if (::ioctl(fd_.get(), SIOCOUTQ, &unread) != 0) throw std::runtime_error("SIOCOUTQ");
    }
}

void Peer::asks_once(Verdict verdict) const {
    hears();
    says(wire::Ask{.text = "Verification code: "});
    hears();
    says(wire::End{.verdict = verdict});
}

FakeService::FakeService(std::function<void(Peer&)> script)
    : path_(directory_.file("service.sock")),
      script_(std::move(script)),
      listener_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_.get(), 16) != 0) {
        throw std::runtime_error("bind " + path_);
    }
    thread_ = std::thread([this] { serve(); });
}

FakeService::~FakeService() {
    finish();
}

void FakeService::finish() {
    if (!thread_.joinable()) return;
    ::shutdown(listener_.get(), SHUT_RDWR);  // wakes accept
    thread_.join();
}

void FakeService::let_everybody_in() const {
    ::chmod(directory_.path().c_str(), 0755);
    ::chmod(path_.c_str(), 0777);
}

void FakeService::serve() const {
    for (;;) {
        UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!connection.valid()) return;
        Peer peer(std::move(connection));
        script_(peer);
    }
}

}  // namespace secondstep::testing
