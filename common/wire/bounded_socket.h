#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "wire/packet_buffer.h"

namespace secondstep::wire {

// A SOCK_SEQPACKET socket of AF_UNIX inside a foreign process: it blocks, and no call of it takes longer than its
// bound, however often the host's signals interrupt it. The kernel watches over that (SO_SNDTIMEO, SO_RCVTIMEO), so
// that waiting for a packet and taking it is one system call, and one time that the process is woken.
class BoundedSocket {
  public:
    BoundedSocket() noexcept = default;
    // Connects, waiting for a service whose queue is full. Errors: invalid (no path a socket can have), unreachable
    // (nobody listens), timed_out, not_allowed, io.
    [[nodiscard]] static Result<BoundedSocket> connected_to(const std::string& path,
                                                            std::chrono::milliseconds bound);
    // A blocking, connected one. `bound` is more than nothing.
    BoundedSocket(UniqueFd socket, std::chrono::milliseconds bound) noexcept;

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    void close() noexcept { fd_ = UniqueFd{}; }

    // True once the other side has hung up without having read what was sent to it last (af_unix: EPIPE for who sends
    // after that, ECONNRESET for who had sent before). Whatever it said last can still be received.
    [[nodiscard]] bool left_unread() const noexcept { return left_unread_; }
    // One packet. Raises no signal. Errors: timed_out (the other side takes none), closed, io.
    [[nodiscard]] Result<void> send(ByteView packet);
    // The next packet, whole. Errors: timed_out, closed (hung up), damaged (longer than max_message), io.
    [[nodiscard]] Result<void> receive(PacketBuffer& packet);

  private:
    using Bound = std::chrono::milliseconds;
    template <typename Call>
    [[nodiscard]] ssize_t within_bound(int option, Bound& set, Call call) const;

    UniqueFd fd_;
    Bound bound_{};
    Bound set_for_sending_{};  // zero: not yet
    Bound set_for_receiving_{};
    bool left_unread_ = false;
};

}  // namespace secondstep::wire
