#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/file.h"

namespace secondstep::process {

// Where log lines go, without ever blocking: the socket of the machine's syslog daemon,
// or a descriptor such as standard error. Not syslog(3): that blocks when the daemon is slow,
// and writes to the console when it is away.
class LogChannel {
  public:
    enum class Level { info, notice, warning, error, alert };

    // With the name of the program, as the lines have it.
    [[nodiscard]] static LogChannel syslog(std::string socket = "/dev/log",
                                           std::string program = "secondstepd");
    [[nodiscard]] static LogChannel descriptor(int fd,
                                               std::string program = "secondstepd");  // does not own it

    // False: it would have blocked, or nobody listens; try again later. Longer lines than 2 KiB are cut.
    [[nodiscard]] bool send(Level level, std::string_view line);
    // Until a send is likely to succeed, at most `milliseconds`. False: nobody listens,
    // waiting does not help.
    [[nodiscard]] bool wait_for_room(int milliseconds) const;

  private:
    LogChannel(std::string program, std::string socket, int fd)
        : program_(std::move(program)), socket_path_(std::move(socket)), plain_(fd) {}
    [[nodiscard]] bool send_to_syslog(Level level, std::string_view line);
    [[nodiscard]] bool write_plain(std::string_view line) const;
    [[nodiscard]] bool connect_syslog();

    std::string program_;
    std::string socket_path_;
    UniqueFd syslog_;
    int plain_;
    pid_t process_ = ::getpid();
};

}  // namespace secondstep::process
