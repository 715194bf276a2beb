#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.h"

namespace secondstep::testing {

// A TCP connection to 127.0.0.1; every wait ends after 20 s, with an exception.
[[nodiscard]] UniqueFd connect_to(std::uint16_t port, const std::string& from = "127.0.0.1");
// Whether the other side hung up without a word.
[[nodiscard]] bool is_hung_up(int socket);

struct Response {
    int status = 0;  // 0: nothing that could be read as one
    std::string head;
    std::string body;
    [[nodiscard]] std::string header(const std::string& name) const;  // empty: there is none
};

// A client that sends what it is told, well-formed or not.
class TlsClient {
  public:
    // Throws when there is no handshake.
    explicit TlsClient(std::uint16_t port, int newest_version = 0, const std::string& from = "127.0.0.1");
    void send(std::string_view bytes);  // throws when the other side has hung up
    [[nodiscard]] bool try_send(std::string_view bytes);
    [[nodiscard]] std::string read_some();
    [[nodiscard]] bool is_reset();  // within 20 s, by somebody who does not take what is sent
    [[nodiscard]] std::string read_to_end();
    [[nodiscard]] Response response();              // of what read_to_end() gives
    [[nodiscard]] std::string fingerprint() const;  // of the certificate that was shown
    [[nodiscard]] std::string version() const;

  private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    std::unique_ptr<SSL_CTX, Free> context_;
    UniqueFd socket_;
    std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace secondstep::testing
