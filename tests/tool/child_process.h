#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace secondstep::testing {

struct Finished {
    int status = -1;  // exit status; -1: ended by a signal
    int signal = 0;
    std::string out;
    std::string err;  // empty with a terminal: it is in `out`
};

// A program with our hands on its terminal or pipes. Every wait is bounded; a process that is left is killed.
class ChildProcess {
  public:
    enum class Kind { pipes, terminal };
    using Environment = std::map<std::string, std::string>;  // beside PATH, unless it names another
    // A terminal is so wide by itself that no sentence is broken; screens_test.cpp looks at narrow ones.
    ChildProcess(const std::vector<std::string>& arguments, Kind kind, const Environment& environment = {},
                 unsigned short columns = 240, unsigned short rows = 40);
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    // Reads until `text` has come on stdout (or the terminal); false: it did not, within 180 s.
    [[nodiscard]] bool wait_for(std::string_view text);
    void send(std::string_view text);
    void close_input();
    void signal_group(int number) const;  // as the terminal does it for Ctrl-C
    enum class Input { closed, open };
    // Reads to the end. Input::open: what ends the program must not be that its input has ended.
    [[nodiscard]] Finished finish(Input input = Input::closed);
    [[nodiscard]] const std::string& out() const { return out_; }
    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    bool read_some(int timeout_ms);
    pid_t pid_ = -1;
    UniqueFd input_;
    UniqueFd output_;
    UniqueFd errors_;
    std::string out_;
    std::string err_;
    std::size_t seen_ = 0;  // of out_, by wait_for
};

[[nodiscard]] Finished run_program(const std::vector<std::string>& arguments, std::string_view input = "",
                                   const ChildProcess::Environment& environment = {});
// Is there such a program in PATH?
[[nodiscard]] bool have_program(const std::string& name);

}  // namespace secondstep::testing
