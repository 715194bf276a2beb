#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "base/file.h"

namespace secondstep::service {

// Where log lines go, without ever blocking: the socket of the machine's syslog daemon,
// or a descriptor such as standard error. Not syslog(3): that blocks when the daemon is slow,
// and writes to the console when it is away.
class LogChannel {
  public:
    enum class Level { info, notice, warning, alert };

    [[nodiscard]] static LogChannel syslog(std::string socket = "/dev/log");
    [[nodiscard]] static LogChannel descriptor(int fd);  // does not own it

    // False: it would have blocked, or nobody listens; try again later. Longer lines than 2 KiB are cut.
    [[nodiscard]] bool send(Level level, std::string_view line);
    // Until a send is likely to succeed, at most `milliseconds`. False: nobody listens,
    // waiting does not help.
    [[nodiscard]] bool wait_for_room(int milliseconds) const;

  private:
    explicit LogChannel(std::string socket, int fd) : socket_path_(std::move(socket)), plain_(fd) {}
    [[nodiscard]] bool send_to_syslog(Level level, std::string_view line);
    [[nodiscard]] bool write_plain(std::string_view line) const;
    [[nodiscard]] bool connect_syslog();

    std::string socket_path_;
    UniqueFd syslog_;
    int plain_;
    pid_t process_ = ::getpid();
};

}  // namespace secondstep::service
