#include "client.h"

#include <grp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace secondstep::testing {

namespace {

constexpr int patience_ms = 20'000;

UniqueFd new_socket() {
    return UniqueFd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
}

int connect_to(int fd, const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
}

std::runtime_error failure(const std::string& what) {
    return std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

wire::Hello hello_for(const std::string& user, const std::string& service, const std::string& rhost) {
    wire::Hello hello;
    hello.user = user;
    hello.service = service;
    hello.rhost = rhost;
    hello.attempt = {1, 2, 3};
    return hello;
}

int try_connect(const std::string& socket_path) {
    return connect_to(new_socket().get(), socket_path);
}

Client::Client(const std::string& socket_path) : fd_(new_socket()) {
    if (const int error = connect_to(fd_.get(), socket_path); error != 0) {
        errno = error;
        throw failure("connect " + socket_path);
    }
}

void Client::send(const wire::Message& message) {
    const Result<Secret> packet = wire::encode(message, version_);
    if (!packet) throw std::runtime_error(packet.error().detail);
    send_bytes(packet->text());
}

void Client::send_bytes(std::string_view packet) {
    if (::send(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0) throw failure("send");
}

wire::Message Client::receive() {
    if (has_unread()) return std::move(packet_[given_++]);
    pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, patience_ms) != 1) throw std::runtime_error("the service is silent");
    std::array<std::uint8_t, wire::max_message> packet{};
    const ssize_t size = ::recv(fd_.get(), packet.data(), packet.size(), 0);
    if (size < 0) throw failure("recv");
    if (size == 0) throw std::runtime_error("the service hung up");
    heard_version_ = packet[0];
    auto messages = wire::decode_packet(ByteView(packet).first(static_cast<std::size_t>(size)));
    if (!messages) throw std::runtime_error(messages.error().detail);
    ++packets_;
    packet_ = std::move(*messages);
    given_ = 1;
    return std::move(packet_.front());
}

bool Client::hangs_up() {
    for (;;) {
        pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, patience_ms) != 1) return false;
        std::array<char, wire::max_message> packet{};
        if (::recv(fd_.get(), packet.data(), packet.size(), 0) <= 0) return true;
    }
}

bool Client::hangs_up_without_a_word() {
    pollfd ready{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    char word = 0;
    return ::poll(&ready, 1, patience_ms) == 1 && ::recv(fd_.get(), &word, 1, 0) <= 0;
}

bool Client::next_question() {
    for (;;) {
        const wire::Message message = receive();
        if (std::holds_alternative<wire::Ask>(message)) return true;
        if (const auto* show = std::get_if<wire::Show>(&message)) {
            shown_.emplace_back(show->text.text());
        } else if (const auto* end = std::get_if<wire::End>(&message)) {
            verdict_ = end->verdict;
            proof_ = end->proof;
            return false;
        } else {
            throw std::runtime_error("the service sent a message of a client");
        }
    }
}

void Client::answer(std::string_view text) {
    send(wire::Answer{.kind = wire::AnswerKind::text, .text = Secret::copy_of(text)});
}

void Client::answer_nothing() {
    send(wire::Answer{});
}

Verdict Client::log_in(const wire::Hello& hello, const std::vector<std::string>& answers) {
    send(hello);
    std::size_t next = 0;
    while (next_question()) {
        if (next < answers.size()) {
            answer(answers[next++]);
        } else {
            answer_nothing();
        }
    }
    return verdict_;
}

int in_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child < 0) throw failure("fork");
    if (child == 0) {
        int status = 251;
        try {
            status = work();
        } catch (const std::exception& e) {
            std::fprintf(stderr, "child: %s\n", e.what());
        }
        ::_exit(status);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

int in_child_as(uid_t uid, const std::function<int()>& work) {
    return in_child([&] {
        if (::setgroups(0, nullptr) != 0 || ::setresgid(uid, uid, uid) != 0 ||
            ::setresuid(uid, uid, uid) != 0) {
            throw failure("changing ids");
        }
        return work();
    });
}

}  // namespace secondstep::testing
