#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "portals/page/certificate.h"

namespace secondstep::testing {

// A mail server or gateway on 127.0.0.1, in a thread of its own, that says what a test wants.
class LoopbackServer {
  public:
    // One connection of it.
    class Line {
      public:
        Line(LoopbackServer& server, UniqueFd socket) : server_(server), socket_(std::move(socket)) {}
        void say(std::string_view text);
        // Without its end; nothing: the other side is gone.
        [[nodiscard]] std::optional<std::string> hear();
        void pass_over(std::size_t bytes);
        [[nodiscard]] bool start_tls();  // false: there was no handshake

      private:
        struct Free {
            void operator()(SSL* ssl) const { SSL_free(ssl); }
        };
        [[nodiscard]] std::optional<char> hear_one();

        LoopbackServer& server_;
        UniqueFd socket_;
        std::unique_ptr<SSL, Free> ssl_;
    };
    using Speech = std::function<void(Line&)>;

    // With a certificate for these names.
    LoopbackServer(const std::vector<std::string>& names, Speech speech);
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;
    ~LoopbackServer();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] const std::string& certificate() const { return certificate_.chain; }  // PEM
    [[nodiscard]] std::string heard();  // all of it, as it was after TLS
    [[nodiscard]] unsigned connections() const { return connections_; }

  private:
    void serve();

    page::Certificate certificate_;
    Speech speech_;
    UniqueFd listener_;
    std::uint16_t port_ = 0;
    std::mutex mutex_;
    std::string heard_;
    std::atomic<unsigned> connections_ = 0;
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

}  // namespace secondstep::testing
