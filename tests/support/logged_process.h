#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "base/file.h"

namespace secondstep::testing {

// A built program, with what it writes to standard error read through a pipe. Ended and waited for in any case.
class LoggedProcess {
  public:
    // How it is started: its arguments; a descriptor that becomes number 3; LISTEN_FDS set for it.
    struct Start {
        std::vector<std::string> arguments;
        int third_descriptor = -1;
        bool activated = false;
        std::vector<std::pair<std::string, std::string>> environment = {};  // beside its own
        std::string program = {};                                           // its path
        int input = -1;                                                     // its standard input
    };
    explicit LoggedProcess(const Start& start);
    LoggedProcess(const LoggedProcess&) = delete;
    LoggedProcess& operator=(const LoggedProcess&) = delete;
    ~LoggedProcess();

    // Reads the log until a line holds `text`; throws when that does not come within 20 seconds.
    void await_line(const std::string& text);
    [[nodiscard]] const std::string& log() const { return log_; }  // what was read so far
    void read_log_to_end();                                        // until the process closes it

    void signal(int number) const;
    // Its exit status; 128 + number after a signal.
    int wait();
    int end();  // SIGTERM, then wait()
    [[nodiscard]] pid_t pid() const { return pid_; }
    // A number of /proc/PID/status: "Threads", "VmRSS" (KiB).
    [[nodiscard]] long status_number(const std::string& field) const;

  private:
    [[nodiscard]] bool read_some();
    pid_t pid_ = -1;
    UniqueFd log_end_;
    std::string log_;
    std::size_t looked_at_ = 0;
};

}  // namespace secondstep::testing
