#include "wire/packet_buffer.h"

#include <string.h>  // explicit_bzero
#include <sys/socket.h>

#include <algorithm>

namespace secondstep::wire {

PacketBuffer::~PacketBuffer() {
    ::explicit_bzero(bytes_.data(), filled_);
}

ssize_t PacketBuffer::fill_from(int socket, int flags) noexcept {
    ::explicit_bzero(bytes_.data(), filled_);
    // MSG_TRUNC: the length of the packet, not of what fitted; a packet cut short must not pass for a whole one.
    const ssize_t size = ::recv(socket, bytes_.data(), bytes_.size(), flags | MSG_TRUNC);
    filled_ = size > 0 ? std::min(static_cast<std::size_t>(size), bytes_.size()) : 0;
    return size;
}

}  // namespace secondstep::wire
