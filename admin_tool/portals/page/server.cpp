#include "portals/page/server.h"

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <unordered_map>

#include "portals/page/connection.h"
#include "portals/page/site.h"
#include "portals/page/tool_channel.h"

namespace secondstep::page {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

Result<asio::ssl::context> make_tls(const Certificate& certificate) {
    asio::ssl::context tls(asio::ssl::context::tls_server);
    SSL_CTX* const native = tls.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");  // of TLS 1.2; 1.3 has none but good ones
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    const ByteView key = certificate.key.bytes();
    error_code error;
    static_cast<void>(tls.use_certificate_chain(asio::buffer(certificate.chain), error));
    if (!error) {
        static_cast<void>(
            tls.use_private_key(asio::buffer(key.data(), key.size()), asio::ssl::context::pem, error));
    }
    if (error) return fail(Errc::invalid, "The page's certificate cannot be used: " + error.message());
    return tls;
}

// Of IPv6 the network of a household: each of its hosts has as many addresses as it likes.
std::string address_of(const tcp::socket& socket) {
    error_code error;
    const tcp::endpoint far_end = socket.remote_endpoint(error);
    if (error) return "?";
    const asio::ip::address address = far_end.address();
    if (address.is_v4()) return address.to_string();
    const asio::ip::address_v6 v6 = address.to_v6();
    if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
    asio::ip::address_v6::bytes_type network = v6.to_bytes();
    std::fill(network.begin() + 8, network.end(), std::uint8_t{0});
    return asio::ip::address_v6(network).to_string() + "/64";
}

class PageServer {
  public:
    PageServer(asio::io_context& io, int line, asio::ssl::context& tls, Serving& serving)
        : io_(io),
          tls_(tls),
          end_(steady_clock::now() + serving.validity),
          linger_(serving.linger),
          bounds_(serving.connections),
          acceptor_(io),
          successor_calls_(std::move(serving.port.successor_calls)),
          strangers_call_(std::move(serving.port.strangers_call)),
          expiry_(io),
          stop_(io),
          regroup_(io),
          guests_(serving.guests),
          site_(std::move(serving.place), std::move(serving.token), LinkState(end_)),
          channel_(io, line, site_) {}

    Result<void> listen(Port port) {
        constexpr int longest_queue = 64;
        if (::listen(port.socket.get(), longest_queue) != 0) {
            return fail(errno == EADDRINUSE ? Errc::exists : Errc::io,
                        "The page for pictures cannot listen on port " + std::to_string(port.number) + ": " +
                            std::strerror(errno) + " (portal_page_listen)");
        }
        int family = 0;
        socklen_t size = sizeof(family);
        if (::getsockopt(port.socket.get(), SOL_SOCKET, SO_DOMAIN, &family, &size) != 0)
            return fail_errno("getsockopt", errno);
        error_code error;
        static_cast<void>(
            acceptor_.assign(family == AF_INET6 ? tcp::v6() : tcp::v4(), port.socket.get(), error));
        if (error) return fail(Errc::io, "The page for pictures cannot listen: " + error.message());
        static_cast<void>(port.socket.release());
        return {};
    }

    void run() {
        spawn(announce());
        spawn(accept());
        spawn(expire());
        spawn(attend_to_the_tool());
        for (UniqueFd* const calls : {&successor_calls_, &strangers_call_}) {
            if (calls->valid()) spawn(make_room(calls->release()));
        }
        io_.run();
    }

  private:
    // What goes wrong inside the page ends it: the tool notices, and no half of it goes on.
    void spawn(asio::awaitable<void> work) {
        asio::co_spawn(io_, std::move(work), [this](const std::exception_ptr& problem) {
            if (problem) io_.stop();
        });
    }

    asio::awaitable<void> announce() {
        const std::uint16_t port = acceptor_.local_endpoint().port();
        const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(port >> 8),
                                                static_cast<std::uint8_t>(port & 0xff)};
        co_await channel_.tell(FrameKind::listening, bytes);
    }

    asio::awaitable<void> accept() {
        for (;;) {
            error_code error;
            tcp::socket socket =
                co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
            if (error) {  // no descriptor, no memory: that may pass
                co_await pause();
                continue;
            }
            receive(std::move(socket));
        }
    }

    asio::awaitable<void> pause() {
        asio::steady_timer timer(io_, std::chrono::milliseconds{100});
        co_await timer.async_wait(asio::use_awaitable);
    }

    // --- places ---

    void receive(tcp::socket socket) {
        const Guests::Id id = next_id_++;
        const std::string address = address_of(socket);
        waiting_.emplace(id, std::move(socket));
        if (const auto sent_away = guests_.arrive(id, address, steady_clock::now()))
            waiting_.erase(*sent_away);
        seat();
    }

    void seat() {
        while (const std::optional<Guests::Move> move = guests_.next(steady_clock::now())) {
            if (move->hang_up) hang_up(*move->hang_up);
            if (move->serve) serve(*move->serve);
        }
        const std::string crowding = guests_.crowding();
        if (!crowding.empty()) spawn(tell_of_the_crowd(crowding));
        const std::optional<Guests::Time> again = guests_.again();
        if (!again) return;
        regroup_.expires_at(*again);
        regroup_.async_wait([this](const error_code& cancelled) {
            if (!cancelled) seat();
        });
    }

    void hang_up(Guests::Id id) {
        waiting_.erase(id);
        const auto served = served_.find(id);
        if (served == served_.end()) return;
        served->second->hang_up();
        served_.erase(served);
    }

    void serve(Guests::Id id) {
        const auto waiting = waiting_.find(id);
        const std::shared_ptr<Connection> connection =
            make_connection(std::move(waiting->second), tls_, site_, channel_, bounds_);
        waiting_.erase(waiting);
        served_.emplace(id, connection);
        asio::co_spawn(io_, connection->run([this, id] { guests_.show_link(id); }),
                       [this, id, connection](const std::exception_ptr&) { after_a_connection(id); });
    }

    void after_a_connection(Guests::Id id) {
        served_.erase(id);
        guests_.leave(id);
        seat();
        if (site_.link_state().state(steady_clock::now()) == LinkState::State::exhausted)
            spawn(tell_the_end());
    }

    // Once a minute.
    asio::awaitable<void> tell_of_the_crowd(std::string address) {
        if (steady_clock::now() < quiet_until_) co_return;
        quiet_until_ = steady_clock::now() + std::chrono::minutes{1};
        co_await channel_.until_free();
        if (!channel_.tool_is_gone()) co_await channel_.tell(FrameKind::crowded, as_bytes(address));
    }

    // --- the end ---

    asio::awaitable<void> expire() {
        expiry_.expires_at(end_);
        co_await expiry_.async_wait(asio::use_awaitable);
        co_await channel_.until_free();
        co_await tell_the_end();
    }

    // Once: the link has ended without a picture.
    asio::awaitable<void> tell_the_end() {
        const LinkState::State state = site_.link_state().state(steady_clock::now());
        if (told_ || (state != LinkState::State::expired && state != LinkState::State::exhausted)) co_return;
        told_ = true;
        FrameKind kind = FrameKind::exhausted;
        if (state == LinkState::State::expired) kind = FrameKind::expired;
        const ByteView nothing;
        co_await channel_.tell(kind, nothing);
    }

    asio::awaitable<void> attend_to_the_tool() {
        co_await channel_.listen();
        stop_.expires_after(linger_);
        co_await stop_.async_wait(asio::use_awaitable);
        io_.stop();
    }

    // For the next page, once this one only lingers.
    asio::awaitable<void> make_room(int calls) {
        asio::posix::stream_descriptor requests(io_, calls);
        for (;;) {
            co_await requests.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
            if (channel_.tool_is_gone()) break;
            forget_requests(requests.native_handle());
        }
        io_.stop();
    }

    asio::io_context& io_;
    asio::ssl::context& tls_;
    const LinkState::Time end_;
    const std::chrono::milliseconds linger_;
    const ConnectionBounds bounds_;
    tcp::acceptor acceptor_;
    UniqueFd successor_calls_;
    UniqueFd strangers_call_;
    asio::steady_timer expiry_;
    asio::steady_timer stop_;
    asio::steady_timer regroup_;
    Guests guests_;
    std::unordered_map<Guests::Id, tcp::socket> waiting_;
    std::unordered_map<Guests::Id, std::shared_ptr<Connection>> served_;
    Guests::Id next_id_ = 0;
    steady_clock::time_point quiet_until_{};
    Site site_;
    ToolChannel channel_;
    bool told_ = false;
};

}  // namespace

Result<void> serve(int line, Serving serving) {
    Result<asio::ssl::context> tls = make_tls(serving.certificate);
    if (!tls) return std::unexpected(tls.error());
    serving.certificate.key.wipe();
    asio::io_context io(1);
    PageServer server(io, line, *tls, serving);
    if (Result<void> listening = server.listen(std::move(serving.port)); !listening) return listening;
    server.run();
    return {};
}

}  // namespace secondstep::page
