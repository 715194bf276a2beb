#include "process/listening_socket.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "base/text.h"

namespace secondstep::process {

namespace {

constexpr int first_passed_descriptor = 3;  // SD_LISTEN_FDS_START
constexpr std::chrono::seconds longest_start_of_another{3};

Result<int> socket_option(int fd, int option) {
    int value = 0;
    socklen_t size = sizeof(value);
    if (::getsockopt(fd, SOL_SOCKET, option, &value, &size) != 0) {
        return fail_errno("The descriptor that was passed for listening", errno);
    }
    return value;
}

std::string bound_path(int fd) {
    sockaddr_un address{};
    socklen_t size = sizeof(address);
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "?";
    if (size <= offsetof(sockaddr_un, sun_path) || address.sun_path[0] == '\0') return "(no name)";
    return address.sun_path;
}

Result<void> check_passed(int fd) {
    const Result<int> domain = socket_option(fd, SO_DOMAIN);
    if (!domain) return std::unexpected(domain.error());
    const Result<int> type = socket_option(fd, SO_TYPE);
    if (!type) return std::unexpected(type.error());
    const Result<int> listens = socket_option(fd, SO_ACCEPTCONN);
    if (!listens) return std::unexpected(listens.error());
    if (*domain != AF_UNIX || *type != SOCK_SEQPACKET || *listens == 0) {
        return fail(Errc::invalid,
                    "The descriptor that was passed is not a listening unix socket of sequential packets "
                    "(ListenSequentialPacket= in the socket unit).");
    }
    return {};
}

Result<void> make_non_blocking(int fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 || ::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        return fail_errno("fcntl", errno);
    }
    return {};
}

Result<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (!path.starts_with('/') || path.size() >= sizeof(address.sun_path)) {
        return fail(Errc::invalid, "The socket's path must begin with / and have at most 107 bytes: " + path);
    }
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return address;
}

Result<void> make_directory_of(const std::string& path) {
    const std::string directory = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
    if (::mkdir(directory.c_str(), 0755) == 0) {
        if (::chmod(directory.c_str(), 0755) != 0) return fail_errno(directory, errno);  // whatever the umask
    } else if (errno != EEXIST) {
        return fail_errno("Making " + directory + " for the socket", errno);
    }
    return {};
}

// Two services that start at once must not both find a dead socket, and the second remove the first's
// new one. A file of its own: everybody may open the directory, and whoever may open a thing
// may lock it, for ever.
Result<UniqueFd> lock_name(const std::string& path) {
    const std::string name = path + ".lock";
    UniqueFd fd(::open(name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd.valid()) return fail_errno("Opening " + name, errno);
    const auto end = std::chrono::steady_clock::now() + longest_start_of_another;
    while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EINTR && errno != EWOULDBLOCK) return fail_errno("Locking " + name, errno);
        if (std::chrono::steady_clock::now() >= end)
            return fail(Errc::busy, "Another service that starts does not let go of " + name + ".");
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return fd;
}

Result<UniqueFd> new_socket() {
    UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) return fail_errno("socket", errno);
    return fd;
}

int bind_name(int fd, const sockaddr_un& address) {
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
}

Result<void> remove_if_dead(const sockaddr_un& address) {
    const std::string path = address.sun_path;
    struct stat there{};
    if (::lstat(path.c_str(), &there) != 0) return fail_errno(path, errno);
    if (!S_ISSOCK(there.st_mode)) return fail(Errc::exists, path + " is there and is no socket; remove it.");
    const Result<UniqueFd> probe = new_socket();
    if (!probe) return std::unexpected(probe.error());
    if (::connect(probe->get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
        errno != ECONNREFUSED) {
        return fail(Errc::exists, "Another service listens on " + path + " already.");
    }
    if (::unlink(path.c_str()) != 0) return fail_errno("Removing the dead socket " + path, errno);
    return {};
}

// Nobody connects before listen(): until then the mode that the umask left does no harm.
Result<void> give_access(const std::string& path, const ListeningSocket::Access& access) {
    if (::chmod(path.c_str(), access.mode) != 0) return fail_errno(path, errno);
    if (access.owner && ::geteuid() == 0 &&
        ::lchown(path.c_str(), *access.owner, static_cast<gid_t>(-1)) != 0) {
        return fail_errno("Giving away " + path, errno);
    }
    return {};
}

Result<void> bind_replacing_dead(int fd, const sockaddr_un& address) {
    int error = bind_name(fd, address);
    if (error == EADDRINUSE) {
        if (const Result<void> removed = remove_if_dead(address); !removed) return removed;
        error = bind_name(fd, address);
    }
    if (error != 0) return fail_errno(std::string("Binding ") + address.sun_path, error);
    return {};
}

}  // namespace

Result<std::vector<ListeningSocket>> ListeningSocket::all_inherited(std::size_t most) {
    std::vector<ListeningSocket> sockets;
    const char* const pid = std::getenv("LISTEN_PID");    // NOLINT(concurrency-mt-unsafe): before any thread
    const char* const count = std::getenv("LISTEN_FDS");  // NOLINT(concurrency-mt-unsafe): before any thread
    if (pid == nullptr || count == nullptr || parse_number<pid_t>(pid) != ::getpid()) return sockets;
    const auto passed = parse_number<unsigned>(count);
    if (!passed || *passed == 0 || *passed > most) {
        const std::string expected =
            most == 1 ? "exactly one socket is" : "at most " + std::to_string(most) + " sockets are";
        return fail(Errc::invalid, std::string("LISTEN_FDS is ") + count + ": " + expected + " expected.");
    }
    for (int fd = first_passed_descriptor; fd < first_passed_descriptor + static_cast<int>(*passed); ++fd) {
        if (const Result<void> ok = check_passed(fd); !ok) return std::unexpected(ok.error());
        if (const Result<void> ok = make_non_blocking(fd); !ok) return std::unexpected(ok.error());
        sockets.push_back(ListeningSocket(UniqueFd(fd), bound_path(fd), std::nullopt));
    }
    return sockets;
}

Result<std::optional<ListeningSocket>> ListeningSocket::inherited() {
    Result<std::vector<ListeningSocket>> sockets = all_inherited(1);
    if (!sockets) return std::unexpected(std::move(sockets.error()));
    if (sockets->empty()) return std::nullopt;
    return std::move(sockets->front());
}

Result<ListeningSocket> ListeningSocket::bind_to(const std::string& path) {
    return bind_to(path, Access{});
}

Result<ListeningSocket> ListeningSocket::bind_to(const std::string& path, const Access& access) {
    const Result<sockaddr_un> address = address_of(path);
    if (!address) return std::unexpected(address.error());
    if (const Result<void> made = make_directory_of(path); !made) return std::unexpected(made.error());
    const Result<UniqueFd> lock = lock_name(path);
    if (!lock) return std::unexpected(lock.error());
    Result<UniqueFd> fd = new_socket();
    if (!fd) return std::unexpected(fd.error());
    if (const Result<void> bound = bind_replacing_dead(fd->get(), *address); !bound) {
        return std::unexpected(bound.error());
    }
    if (const Result<void> given = give_access(path, access); !given) return std::unexpected(given.error());
    struct stat made{};
    if (::lstat(path.c_str(), &made) != 0) return fail_errno(path, errno);
    if (::listen(fd->get(), SOMAXCONN) != 0) return fail_errno("listen", errno);
    return ListeningSocket(std::move(*fd), path, Name{made.st_dev, made.st_ino});
}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : fd_(std::move(other.fd_)),
      path_(std::move(other.path_)),
      made_(std::exchange(other.made_, std::nullopt)) {}

ListeningSocket::~ListeningSocket() {
    remove_name();
}

void ListeningSocket::remove_name() {
    const std::optional<Name> made = std::exchange(made_, std::nullopt);
    struct stat there{};
    if (!made || ::lstat(path_.c_str(), &there) != 0) return;
    if (there.st_dev != made->device || there.st_ino != made->inode) return;  // a successor's
    static_cast<void>(::unlink(path_.c_str()));
}

}  // namespace secondstep::process
