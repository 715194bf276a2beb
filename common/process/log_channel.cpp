#include "process/log_channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <string>

namespace secondstep::process {

namespace {

constexpr std::size_t max_line = 2048;  // under PIPE_BUF: a write to a pipe with room for it does not block

int priority_of(LogChannel::Level level) {
    switch (level) {
        case LogChannel::Level::info:
            return LOG_AUTHPRIV | LOG_INFO;
        case LogChannel::Level::notice:
            return LOG_AUTHPRIV | LOG_NOTICE;
        case LogChannel::Level::warning:
            return LOG_AUTHPRIV | LOG_WARNING;
        case LogChannel::Level::error:
            return LOG_AUTHPRIV | LOG_ERR;
        case LogChannel::Level::alert:
            return LOG_AUTHPRIV | LOG_ALERT;
    }
    return LOG_AUTHPRIV | LOG_WARNING;
}

// RFC 3164 section 4.1 as syslog(3) writes it: "<86>Nov 22 09:06:00 secondstepd[123]: "
std::string header(LogChannel::Level level, const std::string& program, pid_t process) {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    std::array<char, 32> time{};
    static_cast<void>(std::strftime(time.data(), time.size(), "%b %e %H:%M:%S", &local));
    return "<" + std::to_string(priority_of(level)) + ">" + time.data() + " " + program + "[" +
           std::to_string(process) + "]: ";
}

}  // namespace

LogChannel LogChannel::syslog(std::string socket, std::string program) {
    return {std::move(program), std::move(socket), -1};
}

LogChannel LogChannel::descriptor(int fd, std::string program) {
    return {std::move(program), "", fd};
}

bool LogChannel::send(Level level, std::string_view line) {
    line = line.substr(0, max_line);
    return plain_ >= 0 ? write_plain(line) : send_to_syslog(level, line);
}

bool LogChannel::connect_syslog() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_path_.size() >= sizeof(address.sun_path)) return false;
    socket_path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) return false;
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return false;
    syslog_ = std::move(fd);
    return true;
}

bool LogChannel::send_to_syslog(Level level, std::string_view line) {
    const std::string packet = header(level, program_, process_).append(line);
    // Twice: a syslog daemon that was restarted has a new socket under the old name.
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (!syslog_.valid() && !connect_syslog()) return false;
        if (::send(syslog_.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
            return true;
        if (errno == EAGAIN || errno == ENOBUFS) return false;
        syslog_ = UniqueFd();
    }
    return false;
}

bool LogChannel::write_plain(std::string_view line) const {
    pollfd ready{.fd = plain_, .events = POLLOUT, .revents = 0};
    if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return false;
    const std::string text = (program_ + ": ").append(line).append("\n");
    return ::write(plain_, text.data(), text.size()) >= 0;
}

bool LogChannel::wait_for_room(int milliseconds) const {
    pollfd ready{.fd = plain_ >= 0 ? plain_ : syslog_.get(), .events = POLLOUT, .revents = 0};
    if (ready.fd < 0) return false;
    static_cast<void>(::poll(&ready, 1, milliseconds));
    return (ready.revents & (POLLERR | POLLHUP | POLLNVAL)) == 0;
}

}  // namespace secondstep::process
