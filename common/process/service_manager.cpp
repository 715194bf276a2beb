#include "process/service_manager.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace secondstep::process {

namespace {

enum class Patience { none, some };

std::string variable(const char* name) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    return value == nullptr ? "" : value;
}

std::chrono::microseconds watchdog_in_environment() {
    const std::string pid = variable("WATCHDOG_PID");
    if (!pid.empty() && parse_number<pid_t>(pid) != ::getpid()) return {};  // a parent's
    const std::optional<std::uint32_t> wanted = parse_number<std::uint32_t>(variable("WATCHDOG_USEC"));
    return std::chrono::microseconds(wanted.value_or(0));
}

// "@NAME" is an abstract one: a NUL, then NAME, and no NUL at its end.
bool send_to(const std::string& name, std::string_view text, Patience patience) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() < 2 || name.size() >= sizeof(address.sun_path)) return false;
    name.copy(address.sun_path, name.size());
    const bool is_abstract = name.front() == '@';
    if (is_abstract) address.sun_path[0] = '\0';
    const std::size_t size = offsetof(sockaddr_un, sun_path) + name.size() + (is_abstract ? 0 : 1);
    const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd.valid()) return false;
    const timeval bound{.tv_sec = 2, .tv_usec = 0};
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof(bound)) != 0) return false;
    const int flags = MSG_NOSIGNAL | (patience == Patience::none ? MSG_DONTWAIT : 0);
    ssize_t sent = -1;
    do {
        sent = ::sendto(fd.get(), text.data(), text.size(), flags,
                        reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size));
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

}  // namespace

ServiceManager ServiceManager::from_environment() {
    const std::string socket = variable("NOTIFY_SOCKET");
    const bool known = socket.starts_with('/') || socket.starts_with('@');
    return ServiceManager(known ? socket : "", watchdog_in_environment());
}

bool ServiceManager::tell(std::string_view state) const {
    return socket_.empty() || send_to(socket_, state, Patience::some);
}

// With the time: systemd 253 and later tells by it which reload is meant.
bool ServiceManager::reloading() const {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
    return tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void ServiceManager::still_alive() const {
    if (!socket_.empty()) static_cast<void>(send_to(socket_, "WATCHDOG=1", Patience::none));
}

}  // namespace secondstep::process
