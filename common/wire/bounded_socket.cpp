#include "wire/bounded_socket.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "wire/deadline.h"
#include "wire/descriptor.h"

namespace secondstep::wire {
namespace {

Result<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return fail(Errc::invalid, "a socket's path has 1 to 107 bytes");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

bool set_bound(int fd, int option, std::chrono::milliseconds bound) {
    const timeval time{.tv_sec = bound.count() / 1000, .tv_usec = bound.count() % 1000 * 1000};
    return ::setsockopt(fd, SOL_SOCKET, option, &time, sizeof time) == 0;
}

}  // namespace

BoundedSocket::BoundedSocket(UniqueFd socket, std::chrono::milliseconds bound) noexcept
    : fd_(std::move(socket)), bound_(bound) {}

// -1 and EAGAIN: the time is over. To the kernel no time means no bound, so that is never set; and what a signal has
// shortened is set anew for the next call.
template <typename Call>
ssize_t BoundedSocket::within_bound(int option, Bound& set, Call call) const {
    const Deadline deadline(bound_);
    for (Bound left = bound_; left > Bound::zero(); left = deadline.remaining()) {
        if (set != left && !set_bound(fd_.get(), option, left)) return -1;
        set = left;
        const ssize_t done = call();
        if (done >= 0 || errno != EINTR) return done;
    }
    errno = EAGAIN;
    return -1;
}

Result<BoundedSocket> BoundedSocket::connected_to(const std::string& path, std::chrono::milliseconds bound) {
    const Result<sockaddr_un> address = address_of(path);
    if (!address) return std::unexpected(address.error());
    UniqueFd lowest(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!lowest.valid()) return fail_errno("socket", errno);
    Result<UniqueFd> fd = above_standard(std::move(lowest));
    if (!fd) return std::unexpected(fd.error());

    BoundedSocket socket(std::move(*fd), bound);
    const auto connect = [&] {
        // connect(2) takes every kind of address by a pointer to the general one.
        return ::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
    };
    if (socket.within_bound(SO_SNDTIMEO, socket.set_for_sending_, connect) == 0) return socket;
    switch (errno) {
        case ENOENT:
        case ECONNREFUSED:
            return fail(Errc::unreachable, "nobody listens on " + path);
        case EAGAIN:
            return fail(Errc::timed_out, "too many others wait for " + path);
        default:
            return fail_errno("connecting to " + path, errno);
    }
}

Result<void> BoundedSocket::send(ByteView packet) {
    // MSG_NOSIGNAL: a service that hung up must not end the host by SIGPIPE. (Linux raises none for sequential
    // packets, but does not promise that.)
    const auto call = [&] { return ::send(fd(), packet.data(), packet.size(), MSG_NOSIGNAL); };
    if (within_bound(SO_SNDTIMEO, set_for_sending_, call) >= 0) return {};
    if (errno == EAGAIN) return fail(Errc::timed_out, "secondstepd takes no message");
    left_unread_ = errno == EPIPE || errno == ECONNRESET;
    return fail_errno("sending to secondstepd", errno);
}

Result<void> BoundedSocket::receive(PacketBuffer& packet) {
    const auto call = [&] { return packet.fill_from(fd(), 0); };
    ssize_t size = within_bound(SO_RCVTIMEO, set_for_receiving_, call);
    // Told once, and before what the other side said last.
    if (size < 0 && errno == ECONNRESET && !std::exchange(left_unread_, true))
        size = within_bound(SO_RCVTIMEO, set_for_receiving_, call);
    if (size == 0) return fail(Errc::closed, "secondstepd hung up without a verdict");
    if (size > 0 && static_cast<std::size_t>(size) > max_message)
        return fail(Errc::damaged, "secondstepd sent a packet of more than 8192 bytes");
    if (size > 0) return {};
    if (errno == EAGAIN) return fail(Errc::timed_out, "secondstepd is silent");
    return fail_errno("receiving from secondstepd", errno);
}

}  // namespace secondstep::wire
