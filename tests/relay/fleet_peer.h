#pragma once

#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "relay/fleet_certificates.h"
#include "relay/frame.h"

namespace secondstep::testing {

// The other end of a relay's TLS, written anew with OpenSSL: a host as it should be, or as a stranger would be.
class FleetPeer {
  public:
    struct Shown {
        std::optional<FleetAuthority::Issued> own;  // nothing: no certificate
        std::vector<std::string> protocols{relay::newest_protocol};
        int version = TLS1_3_VERSION;
    };
    // Connects to a node on loopback and shakes hands.
    FleetPeer(std::uint16_t port, const Shown& shown);
    // A node: shakes hands on a connection that was accepted. It speaks this version alone.
    FleetPeer(UniqueFd accepted, const FleetAuthority::Issued& own, const std::string& authority,
              std::string protocol = relay::newest_protocol);

    [[nodiscard]] bool shook_hands() const { return shook_hands_; }
    // Which version both speak.
    [[nodiscard]] std::string protocol() const;
    // Of the certificate that the other end has shown.
    [[nodiscard]] std::array<std::uint8_t, 32> peer_fingerprint() const;
    void send(const relay::Frame& frame);
    void send_bytes(ByteView bytes);  // what cannot be sent any more is dropped
    // Nothing: the other end hung up, or refused the certificate (TLS 1.3 says so late).
    [[nodiscard]] std::optional<relay::Frame> receive();
    // Whether nothing but pongs comes until it hangs up.
    [[nodiscard]] bool is_hung_up_on();
    [[nodiscard]] int get() const { return socket_.get(); }

  private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    void prepare(const std::optional<FleetAuthority::Issued>& own, const SSL_METHOD* method);
    std::string protocol_;  // of a node
    std::unique_ptr<SSL_CTX, Free> context_;
    UniqueFd socket_;
    std::unique_ptr<SSL, Free> ssl_;
    bool shook_hands_ = false;
    Secret buffer_;
};

[[nodiscard]] UniqueFd connect_to_loopback(std::uint16_t port);
// A listener on loopback that plays a node.
[[nodiscard]] UniqueFd listen_on_loopback(std::uint16_t port);
// Throws std::runtime_error after 20 seconds.
[[nodiscard]] UniqueFd accept_one(const UniqueFd& listener);

}  // namespace secondstep::testing
