#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <memory>

namespace secondstep::page {

// The server's end of TLS over TCP, with one moment at which all that is waited for ends. Apart from HTTP: together
// they are half a minute and a gigabyte of the compiler's.
class TlsStream {
  public:
    struct Piece {
        std::size_t size;
        boost::system::error_code error;
    };

    TlsStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& tls);
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;
    ~TlsStream();

    // Whatever is waited for after this moment ends with an error.
    void expires_at(std::chrono::steady_clock::time_point time);
    void hang_up();

    // Throw boost::system::system_error. `all` must stay where it is until it is written.
    [[nodiscard]] boost::asio::awaitable<void> shake_hands();
    [[nodiscard]] boost::asio::awaitable<void> write(boost::asio::const_buffer all);

    [[nodiscard]] boost::asio::awaitable<Piece> read_some(boost::asio::mutable_buffer into);
    // Both ends say that nothing more comes.
    [[nodiscard]] boost::asio::awaitable<void> say_goodbye();

    // Below TLS.
    void stop_sending();
    [[nodiscard]] boost::asio::awaitable<Piece> read_undeciphered(boost::asio::mutable_buffer into);

  private:
    struct Layers;
    std::unique_ptr<Layers> layers_;
};

}  // namespace secondstep::page
