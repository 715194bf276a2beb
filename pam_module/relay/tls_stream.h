#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "relay/reactor.h"
#include "relay/tls_context.h"

namespace secondstep::relay {

// TLS over a TCP socket that does not block. The only place where libssl and the loop meet.
class TlsStream {
  public:
    // A client says which name the other end's certificate must have. Throws std::system_error, std::bad_alloc.
    [[nodiscard]] static std::unique_ptr<TlsStream> client(Reactor& reactor, UniqueFd socket,
                                                           const TlsContext& context, const std::string& name,
                                                           std::function<void()> broken);
    [[nodiscard]] static std::unique_ptr<TlsStream> server(Reactor& reactor, UniqueFd socket,
                                                           const TlsContext& context,
                                                           std::function<void()> broken);
    ~TlsStream();

    // Each: done, or nullopt: to be called again when it is ready for that. Errors: closed (the other end ended it),
    // not_allowed (a certificate, an alert), io; each with the reason in words.
    [[nodiscard]] Result<std::optional<bool>> shake_hands();  // true
    [[nodiscard]] Result<std::optional<std::size_t>> read(MutableByteView into);
    [[nodiscard]] Result<std::optional<std::size_t>> write(ByteView from);
    // Once, when what has last returned nullopt may go on.
    void when_ready_to_read(std::function<void()> call);
    void when_ready_to_write(std::function<void()> call);

    // Says goodbye if that needs no waiting.
    void close();

    // After the handshake: which version of the fleet's protocol both speak.
    [[nodiscard]] std::string protocol() const;

    // SHA-256 of the other end's certificate, its name, and when it ends. Nothing: it has shown none.
    struct Peer {
        std::array<std::uint8_t, 32> fingerprint;
        std::string name;
        UnixTime ends;
        // A connection that stays open for months is no longer that of a machine of the fleet then: nobody would let it
        // connect any more.
        [[nodiscard]] bool has_ended() const { return std::chrono::system_clock::now() >= ends; }
    };
    [[nodiscard]] std::optional<Peer> peer() const;

  private:
    struct Parts;
    explicit TlsStream(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace secondstep::relay
