#include "relay/resolver.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstring>
#include <utility>

#include "relay/reactor_parts.h"

namespace secondstep::relay {

using boost::asio::ip::tcp;
using boost::system::error_code;

struct Resolver::State {
    State(Reactor& loop, std::string name, std::uint16_t number)
        : reactor(loop), host(std::move(name)), port(number), resolver(loop.parts().io) {}
    Reactor& reactor;
    const std::string host;
    const std::uint16_t port;
    tcp::resolver resolver;
    std::vector<TcpAddress> last;
};

namespace {

std::vector<TcpAddress> as_written(const std::string& host, std::uint16_t port) {
    TcpAddress address;
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.bytes);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.bytes);
    if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        address.size = sizeof(v4);
        return {address};
    }
    if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        address.size = sizeof(v6);
        return {address};
    }
    return {};
}

}  // namespace

Resolver::Resolver(Reactor& reactor, std::string host, std::uint16_t port)
    : state_(std::make_shared<State>(reactor, std::move(host), port)) {
    state_->last = as_written(state_->host, port);
}

Resolver::~Resolver() {
    state_->resolver.cancel();
}

void Resolver::look_up(Found found) {
    if (!as_written(state_->host, state_->port).empty()) {
        state_->reactor.post([held = std::weak_ptr(state_), call = std::move(found)] {
            if (const auto state = held.lock()) call(state->last);
        });
        return;
    }
    state_->resolver.async_resolve(
        state_->host, std::to_string(state_->port),
        [held = std::weak_ptr(state_), call = std::move(found)](const error_code& error,
                                                                const tcp::resolver::results_type& results) {
            const auto state = held.lock();
            if (!state || error == boost::asio::error::operation_aborted) return;
            std::vector<TcpAddress> addresses;
            for (const auto& entry : results) {
                TcpAddress address;
                address.size = static_cast<socklen_t>(entry.endpoint().size());
                std::memcpy(&address.bytes, entry.endpoint().data(), entry.endpoint().size());
                addresses.push_back(address);
            }
            if (!addresses.empty()) state->last = addresses;
            if (state->last.empty())
                return call(
                    fail(Errc::not_found, "its name " + state->host + " has no address: " + error.message()));
            call(state->last);
        });
}

}  // namespace secondstep::relay
