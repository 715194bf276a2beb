#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "support/temporary_directory.h"
#include "wire/message.h"

namespace secondstep::testing {

// The service's end of one connection, for a script that says exactly what it wants.
class Peer {
  public:
    explicit Peer(UniqueFd fd) : fd_(std::move(fd)) {}

    void says(const wire::Message& message) const;
    // The same in one packet.
    template <typename... Messages>
    void says_at_once(Messages... messages) const {
        Secret packet;
        (add(packet, wire::Message(std::move(messages))), ...);
        says_bytes(packet.bytes());
    }
    // From now on it says everything in this version of the protocol.
    void speaks(std::uint8_t version) { version_ = version; }
    void says_bytes(ByteView packet) const;
    // Nothing: the module hung up.
    std::optional<wire::Message> hears() const;
    // The answer's text, or "NULL", "TOO LONG", "HUNG UP".
    std::string hears_answer() const;
    void hangs_up() { fd_ = UniqueFd{}; }
    // Until an answer lies there, which is not read.
    void waits_for_an_answer() const;
    // Until the module has read everything that was said.
    void is_heard() const;

    // Everything but the greeting at once: hears hello, asks, hears the answer, ends.
    void asks_once(Verdict verdict) const;

  private:
    void add(Secret& packet, const wire::Message& message) const;
    UniqueFd fd_;
    std::uint8_t version_ = wire::protocol_version;
};

// Listens in a private directory and plays the script for each connection, one after the other.
class FakeService {
  public:
    explicit FakeService(std::function<void(Peer&)> script);
    FakeService(const FakeService&) = delete;
    FakeService& operator=(const FakeService&) = delete;
    ~FakeService();

    [[nodiscard]] const std::string& socket() const { return path_; }
    // Waits for the script; what it noted may be looked at from then on.
    void finish();
    // The socket stays in the directory, but refuses connections. After finish().
    void stop_listening() { listener_ = UniqueFd{}; }
    // For a test that runs the host as somebody else.
    void let_everybody_in() const;

  private:
    void serve() const;

    TemporaryDirectory directory_;
    std::string path_;
    std::function<void(Peer&)> script_;
    UniqueFd listener_;
    std::thread thread_;
};

}  // namespace secondstep::testing
