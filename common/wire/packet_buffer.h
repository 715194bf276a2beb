#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "wire/message.h"

namespace secondstep::wire {

// A packet on its way from a socket into messages. It may be an answer or a key: what was received is wiped, and
// nothing else of it is ever touched.
class PacketBuffer {
  public:
    PacketBuffer() = default;
    PacketBuffer(const PacketBuffer&) = delete;
    PacketBuffer& operator=(const PacketBuffer&) = delete;
    ~PacketBuffer();

    // One recv(2) with these flags: the size of the packet, also when it is longer than max_message; 0: the other
    // side hung up; -1 and errno.
    [[nodiscard]] ssize_t fill_from(int socket, int flags) noexcept;
    // Without what did not fit: never to be decoded where fill_from() said more than max_message.
    [[nodiscard]] ByteView view() const noexcept { return {bytes_.data(), filled_}; }

  private:
    std::array<std::uint8_t, max_message> bytes_;  // not zeroed
    std::size_t filled_ = 0;
};

}  // namespace secondstep::wire
