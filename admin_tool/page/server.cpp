#include "page/server.h"

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
#include <exception>
#include <thread>

#include "page/connection.h"
#include "page/desk.h"
#include "page/site.h"
#include "page/succession.h"

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

class Server {
  public:
    Server(asio::io_context& io, int line, asio::ssl::context& tls, Serving& serving)
        : io_(io),
          tls_(tls),
          end_(steady_clock::now() + serving.validity),
          linger_(serving.linger),
          patience_(serving.patience),
          acceptor_(io),
          expiry_(io),
          stop_(io),
          site_(std::move(serving.place), std::move(serving.token), Gate(end_)),
          desk_(io, line, site_) {}

    // As below; a page that only lingers on the port goes, and this one tries again.
    Result<void> listen(const std::string& address, std::uint16_t port) {
        Result<void> listening = try_to_listen(address, port);
        for (int i = 0; i < 40 && !listening && listening.error().code == Errc::exists; ++i) {
            if (!ask_to_leave(port)) break;
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
            listening = try_to_listen(address, port);
        }
        return listening;
    }

    void run() {
        spawn(announce());
        spawn(accept());
        spawn(expire());
        spawn(attend_to_the_tool());
        spawn(make_room());
        io_.run();
    }

  private:
    // An empty address: IPv6 that takes IPv4 too, or IPv4 where there is no IPv6.
    Result<void> try_to_listen(const std::string& address, std::uint16_t port) {
        error_code error;
        if (address.empty()) {
            bind_to(tcp::endpoint(tcp::v6(), port), error);
            if (error.value() == EAFNOSUPPORT || error.value() == EADDRNOTAVAIL)
                bind_to(tcp::endpoint(tcp::v4(), port), error);
        } else {
            const asio::ip::address parsed = asio::ip::make_address(address, error);
            if (!error) bind_to(tcp::endpoint(parsed, port), error);
        }
        if (!error) return {};
        const std::string where =
            address.empty() ? std::to_string(port) : address + " port " + std::to_string(port);
        return fail(error.value() == EADDRINUSE ? Errc::exists : Errc::io,
                    "The page for pictures cannot listen on " + where + ": " + error.message() +
                        " (portal_page_listen)");
    }

    void bind_to(const tcp::endpoint& endpoint, error_code& error) {
        error = {};
        if (acceptor_.is_open()) acceptor_.close();
        static_cast<void>(acceptor_.open(endpoint.protocol(), error));
        if (!error) static_cast<void>(acceptor_.set_option(tcp::acceptor::reuse_address(true), error));
        if (!error) static_cast<void>(acceptor_.bind(endpoint, error));
        if (!error) static_cast<void>(acceptor_.listen(static_cast<int>(most_connections), error));
    }

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
        co_await desk_.tell(FrameKind::listening, bytes);
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
            // Who comes when the house is full is sent away at once: waiting would only fill the queue.
            if (connections_ >= most_connections) continue;
            ++connections_;
            asio::co_spawn(io_, serve_connection(std::move(socket), tls_, site_, desk_, patience_),
                           [this](const std::exception_ptr&) { after_a_connection(); });
        }
    }

    asio::awaitable<void> pause() {
        asio::steady_timer timer(io_, std::chrono::milliseconds{100});
        co_await timer.async_wait(asio::use_awaitable);
    }

    void after_a_connection() {
        --connections_;
        if (site_.gate().state(steady_clock::now()) == Gate::State::exhausted) spawn(tell_the_end());
    }

    asio::awaitable<void> expire() {
        expiry_.expires_at(end_);
        co_await expiry_.async_wait(asio::use_awaitable);
        co_await desk_.until_free();
        co_await tell_the_end();
    }

    // Once: the link has ended without a picture.
    asio::awaitable<void> tell_the_end() {
        const Gate::State state = site_.gate().state(steady_clock::now());
        if (told_ || (state != Gate::State::expired && state != Gate::State::exhausted)) co_return;
        told_ = true;
        FrameKind kind = FrameKind::exhausted;
        if (state == Gate::State::expired) kind = FrameKind::expired;
        const ByteView nothing;
        co_await desk_.tell(kind, nothing);
    }

    asio::awaitable<void> attend_to_the_tool() {
        co_await desk_.listen();
        stop_.expires_after(linger_);
        co_await stop_.async_wait(asio::use_awaitable);
        io_.stop();
    }

    // For the next page, once this one only lingers.
    asio::awaitable<void> make_room() {
        UniqueFd socket = listen_for_successor(acceptor_.local_endpoint().port());
        if (!socket.valid()) co_return;
        asio::posix::stream_descriptor requests(io_, socket.release());
        for (;;) {
            co_await requests.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
            if (desk_.tool_is_gone()) break;
            forget_requests(requests.native_handle());
        }
        io_.stop();
    }

    asio::io_context& io_;
    asio::ssl::context& tls_;
    const Gate::Time end_;
    const std::chrono::milliseconds linger_;
    const std::chrono::milliseconds patience_;
    tcp::acceptor acceptor_;
    asio::steady_timer expiry_;
    asio::steady_timer stop_;
    Site site_;
    Desk desk_;
    std::size_t connections_ = 0;
    bool told_ = false;
};

}  // namespace

Result<void> serve(int line, Serving serving) {
    Result<asio::ssl::context> tls = make_tls(serving.certificate);
    if (!tls) return std::unexpected(tls.error());
    serving.certificate.key.wipe();
    asio::io_context io(1);
    Server server(io, line, *tls, serving);
    if (Result<void> listening = server.listen(serving.address, serving.port); !listening) return listening;
    server.run();
    return {};
}

}  // namespace secondstep::page
