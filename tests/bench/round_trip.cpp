#include "round_trip.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "required.h"

namespace secondstep::bench {
namespace {

using Clock = std::chrono::steady_clock;

// As large as a frame with a code, sealed by TLS, about is.
using Message = std::array<char, 64>;

UniqueFd tcp_socket() {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    require(fd.get() >= 0, "socket");
    return fd;
}

void send_at_once(const UniqueFd& fd) {
    const int on = 1;
    require(::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "setsockopt");
}

// Whether the other end is still there.
bool receive(int fd, Message& message) {
    const auto size = ::recv(fd, message.data(), message.size(), MSG_WAITALL);
    return size == static_cast<ssize_t>(message.size());
}

bool send(int fd, const Message& message) {
    return ::send(fd, message.data(), message.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(message.size());
}

void send_back(const UniqueFd& fd) {
    Message message{};
    while (receive(fd.get(), message) && send(fd.get(), message)) {
    }
}

}  // namespace

Echo::Echo() {
    const UniqueFd listening = tcp_socket();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    require(::bind(listening.get(), generic, size) == 0, "bind");
    require(::listen(listening.get(), 1) == 0, "listen");
    require(::getsockname(listening.get(), generic, &size) == 0, "getsockname");
    ours_ = tcp_socket();
    require(::connect(ours_.get(), generic, size) == 0, "connect");
    UniqueFd theirs(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
    require(theirs.get() >= 0, "accept");
    send_at_once(ours_);
    send_at_once(theirs);
    other_ = std::thread([fd = std::move(theirs)] { send_back(fd); });
}

Echo::~Echo() {
    ::shutdown(ours_.get(), SHUT_RDWR);
    other_.join();
}

Nanoseconds Echo::round_trip() const {
    Message message{};
    const auto begin = Clock::now();
    require(send(ours_.get(), message) && receive(ours_.get(), message), "the echo");
    return Clock::now() - begin;
}

}  // namespace secondstep::bench
