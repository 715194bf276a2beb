#include "relay/connector.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace secondstep::relay {

Connector::Connector(Reactor& reactor, const std::string& host, std::uint16_t port)
    : reactor_(reactor), resolver_(reactor, host, port) {}

void Connector::connect(Connected connected) {
    connected_ = std::move(connected);
    resolver_.look_up([this](Result<std::vector<TcpAddress>> found) {
        // One that was given up may come late: what it has found is as good.
        if (!connected_ || connecting_) return;
        if (!found) return finish(std::unexpected(found.error()));
        addresses_ = std::move(*found);
        try_next_address();
    });
}

void Connector::cancel() {
    connected_ = {};
    connecting_.reset();
    addresses_.clear();
}

void Connector::try_next_address() {
    const TcpAddress address = addresses_.front();
    addresses_.erase(addresses_.begin());
    UniqueFd socket(
        ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
    if (!socket.valid()) return fail_with(errno);
    const int on = 1;
    static_cast<void>(::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0 &&
        errno != EINPROGRESS)
        return fail_with(errno);
    connecting_ = std::make_unique<Watched>(reactor_, std::move(socket), [this] { fail_with(ENOMEM); });
    connecting_->when_writable([this] { on_writable(); });
}

void Connector::on_writable() {
    int problem = 0;
    socklen_t size = sizeof(problem);
    if (::getsockopt(connecting_->get(), SOL_SOCKET, SO_ERROR, &problem, &size) != 0) problem = errno;
    if (problem != 0) return fail_with(problem);
    UniqueFd socket = connecting_->release();
    finish(std::move(socket));
}

void Connector::fail_with(int problem) {
    connecting_.reset();
    if (!addresses_.empty()) return try_next_address();
    finish(fail(Errc::unreachable, std::string("it cannot be reached: ") + std::strerror(problem)));
}

void Connector::finish(Result<UniqueFd> result) {
    connecting_.reset();
    addresses_.clear();
    const Connected call = std::exchange(connected_, {});
    call(std::move(result));
}

}  // namespace secondstep::relay
