#include "portals/page/tls_stream.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>

namespace secondstep::page {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

struct TlsStream::Layers {
    Layers(tcp::socket socket, asio::ssl::context& context)
        : tls(beast::tcp_stream(std::move(socket)), context) {}

    [[nodiscard]] beast::tcp_stream& below() { return tls.next_layer(); }

    asio::ssl::stream<beast::tcp_stream> tls;
};

TlsStream::TlsStream(tcp::socket socket, asio::ssl::context& tls)
    : layers_(std::make_unique<Layers>(std::move(socket), tls)) {}

TlsStream::~TlsStream() = default;

void TlsStream::expires_at(std::chrono::steady_clock::time_point time) {
    layers_->below().expires_at(time);
}

void TlsStream::hang_up() {
    layers_->below().close();
}

asio::awaitable<void> TlsStream::shake_hands() {
    co_await layers_->tls.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
}

asio::awaitable<void> TlsStream::write(asio::const_buffer all) {
    while (all.size() > 0)
        all += co_await layers_->tls.async_write_some(all, asio::use_awaitable);
}

asio::awaitable<TlsStream::Piece> TlsStream::read_some(asio::mutable_buffer into) {
    error_code error;
    const std::size_t size =
        co_await layers_->tls.async_read_some(into, asio::redirect_error(asio::use_awaitable, error));
    const Piece piece{.size = size, .error = error};
    co_return piece;
}

asio::awaitable<void> TlsStream::say_goodbye() {
    error_code unheard;
    co_await layers_->tls.async_shutdown(asio::redirect_error(asio::use_awaitable, unheard));
}

void TlsStream::stop_sending() {
    error_code gone;
    static_cast<void>(layers_->below().socket().shutdown(tcp::socket::shutdown_send, gone));
}

asio::awaitable<TlsStream::Piece> TlsStream::read_undeciphered(asio::mutable_buffer into) {
    error_code error;
    const std::size_t size =
        co_await layers_->below().async_read_some(into, asio::redirect_error(asio::use_awaitable, error));
    const Piece piece{.size = size, .error = error};
    co_return piece;
}

}  // namespace secondstep::page
