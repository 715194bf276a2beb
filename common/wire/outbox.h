#pragma once

#include <cstdint>

#include "base/error.h"
#include "base/secret.h"
#include "wire/message.h"

namespace secondstep::wire {

// What a service has to say to one client, in as few packets as the client's version allows: from version 3 on a text
// waits for the question or the verdict behind it, so that a turn wakes the client once. In older versions every
// message is a packet.
//
// Use: put(), and while something is due() send packet() and call sent(). Holds what was not sent yet and nothing
// else (it may be a key): at most one packet, and one message that had no room in it. What was sent is wiped.
class Outbox {
  public:
    // The version of the client's hello; until then ours. Nothing may be waiting.
    void speak(std::uint8_t version) noexcept { version_ = version; }

    // Errors: as encode(), and invalid while something is due; then nothing was put.
    [[nodiscard]] Result<void> put(const Message& message);

    // packet() has to be sent before the dialogue goes on.
    [[nodiscard]] bool due() const noexcept;
    // Texts that nobody has to send yet count too.
    [[nodiscard]] bool empty() const noexcept { return packet_.empty(); }
    // To be sent when it is due; and earlier, before anything that takes long: nobody waits for a text that is ready.
    [[nodiscard]] const Secret& packet() const noexcept { return packet_; }
    // Another packet may be due then.
    void sent() noexcept;
    // Nobody takes what is left.
    void drop() noexcept;

  private:
    std::uint8_t version_ = protocol_version;
    Secret packet_;
    Secret next_;             // had no room in packet_
    bool has_ended_ = false;  // the turn: the last message that was put is a question or the verdict
};

}  // namespace secondstep::wire
