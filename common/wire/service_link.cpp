#include "wire/service_link.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "wire/deadline.h"
#include "wire/descriptor.h"
#include "wire/once.h"

namespace secondstep::wire {
namespace {

// How long a process of our own may still work after the dialogue: enough for a write
// that waits for its lock.
constexpr std::chrono::milliseconds once_patience = std::chrono::seconds{5};

Result<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return fail(Errc::invalid, "a socket's path has 1 to 107 bytes");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

int try_connect(int fd, const sockaddr_un& address) {
    // connect(2) takes every kind of address by a pointer to the general one.
    return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

// A full queue of the service answers a non-blocking connect(2) with EAGAIN, and poll(2) cannot wait for room
// there; only a blocking connect can, and SO_SNDTIMEO bounds it.
int connect_to_busy(int fd, const sockaddr_un& address, const Deadline& deadline) {
    if (::fcntl(fd, F_SETFL, O_RDWR) != 0) return errno;
    int error = EINTR;
    while (error == EINTR) {
        const std::chrono::milliseconds left = deadline.remaining();
        if (left == std::chrono::milliseconds::zero()) return EAGAIN;
        const timeval bound{.tv_sec = left.count() / 1000, .tv_usec = left.count() % 1000 * 1000};
        if (::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound) != 0) return errno;
        error = try_connect(fd, address);
    }
    if (error == 0 && ::fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) != 0) return errno;
    return error;
}

Result<UniqueFd> connect_to(const std::string& path, const Deadline& deadline) {
    const Result<sockaddr_un> address = address_of(path);
    if (!address) return std::unexpected(address.error());
    UniqueFd lowest(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!lowest.valid()) return fail_errno("socket", errno);
    Result<UniqueFd> fd = above_standard(std::move(lowest));
    if (!fd) return fd;

    int error = try_connect(fd->get(), *address);
    if (error == EAGAIN) error = connect_to_busy(fd->get(), *address, deadline);
    switch (error) {
        case 0:
            return fd;
        case ENOENT:
        case ECONNREFUSED:
            return fail(Errc::unreachable, "nobody listens on " + path);
        case EAGAIN:
            return fail(Errc::timed_out, "too many others wait for " + path);
        default:
            return fail_errno("connecting to " + path, error);
    }
}

}  // namespace

Result<ServiceLink> ServiceLink::open(const Options& options) {
    Result<UniqueFd> socket = connect_to(options.socket, Deadline(options.answer_timeout));
    if (socket) return ServiceLink(std::move(*socket), UniqueFd{}, options);
    if (socket.error().code != Errc::unreachable || ::geteuid() != 0) return std::unexpected(socket.error());

    Result<Once> once = start_once(
        {.path = options.service_program, .config = options.config, .account = options.service_account});
    if (!once)
        return fail(once.error().code,
                    socket.error().detail + "; secondstepd --once: " + once.error().detail);
    return ServiceLink(std::move(once->socket), std::move(once->process), options);
}

ServiceLink::ServiceLink(UniqueFd socket, UniqueFd process, Options options)
    : socket_(std::move(socket)), process_(std::move(process)), options_(std::move(options)) {}

ServiceLink::ServiceLink(ServiceLink&&) noexcept = default;

ServiceLink& ServiceLink::operator=(ServiceLink&& other) noexcept {
    std::swap(socket_, other.socket_);  // what was ours ends with `other`, waited for like any
    std::swap(process_, other.process_);
    std::swap(options_, other.options_);
    std::swap(version_, other.version_);
    std::swap(heard_, other.heard_);
    return *this;
}

ServiceLink::~ServiceLink() {
    socket_ = UniqueFd{};  // tells the service that nothing more comes
    if (process_.valid()) end_once(process_, once_patience);
}

bool ServiceLink::speaks_an_older_version(const Result<Message>& first) const {
    const auto* end = first ? std::get_if<End>(&*first) : nullptr;
    return end != nullptr && end->verdict == Verdict::misconfigured && heard_ < version_;
}

Result<Message> ServiceLink::greet(Hello hello) {
    hello.version = version_;
    if (const Result<void> sent = send(hello); !sent) return std::unexpected(sent.error());
    Result<Message> first = receive();
    if (!speaks_an_older_version(first)) return first;
    const std::uint8_t older = heard_;
    Result<ServiceLink> again = open(options_);
    if (!again) return std::unexpected(again.error());
    *this = std::move(*again);
    version_ = older;
    hello.version = older;
    if (const Result<void> sent = send(hello); !sent) return std::unexpected(sent.error());
    return receive();
}

Result<void> ServiceLink::send(const Message& message) {
    const Result<Secret> packet = encode(message, version_);
    if (!packet) return std::unexpected(packet.error());
    const Deadline deadline(options_.answer_timeout);
    const ByteView bytes = packet->bytes();
    // MSG_NOSIGNAL: a service that hung up must not end the host by SIGPIPE. (Linux raises none for
    // sequential packets, but does not promise that.)
    while (::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return fail_errno("sending to secondstepd", errno);
        if (!deadline.await(socket_.get(), POLLOUT))
            return fail(Errc::timed_out, "secondstepd takes no message");
    }
    return {};
}

Result<Message> ServiceLink::receive() {
    Secret room(max_message);
    const Deadline deadline(options_.answer_timeout);
    for (;;) {
        // MSG_TRUNC: the length of the packet, not of what fitted; a packet cut short must not pass for a
        // whole one.
        const ssize_t size =
            ::recv(socket_.get(), room.bytes().data(), room.size(), MSG_DONTWAIT | MSG_TRUNC);
        if (size == 0) {
            return fail(Errc::closed, process_.valid() ? "secondstepd --once ended without a verdict"
                                                       : "secondstepd hung up without a verdict");
        }
        if (size > 0 && static_cast<std::size_t>(size) > room.size()) {
            return fail(Errc::damaged, "secondstepd sent a message of more than 8192 bytes");
        }
        if (size > 0) {
            heard_ = room.bytes()[0];
            return decode(ByteView(room.bytes()).first(static_cast<std::size_t>(size)));
        }
        if (errno != EINTR && errno != EAGAIN) return fail_errno("receiving from secondstepd", errno);
        if (errno == EINTR) continue;
        if (!deadline.await(socket_.get(), POLLIN)) return fail(Errc::timed_out, "secondstepd is silent");
    }
}

}  // namespace secondstep::wire
