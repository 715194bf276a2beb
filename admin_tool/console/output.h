#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "console/exit_status.h"

namespace secondstep::tool {

// Writes to a descriptor with nothing in between: stdio would keep copies of keys and codes in its buffers.
class Output {
  public:
    explicit Output(int fd) : fd_(fd) {}
    void write(std::string_view text);
    // And a newline, in one call. For people: on a terminal no line is wider than it, as wrapped_lines() says.
    void line(std::string_view text, std::size_t hanging = 0);
    void line(const Secret& text);
    // As it is, at any width: what is copied out of the screen, or read by a program (JSON, a line of a file).
    void verbatim(std::string_view text);
    void verbatim(const Secret& text);
    // A question: the cursor stays behind it.
    void prompt(std::string_view text);
    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] bool has_been_used() const { return used_; }  // something was to be written
    [[nodiscard]] bool failed() const { return failed_; }  // a write did not succeed (closed pipe, full disk)

  private:
    // The lines of a text that a terminal is too narrow for; without a copy of what may be a secret.
    void write_lines(std::string_view text, std::size_t hanging, std::string_view end);
    // 0: no terminal, or wide enough for all lines of it.
    [[nodiscard]] std::size_t columns_for(std::string_view text) const;
    int fd_;
    bool used_ = false;
    bool failed_ = false;
};

[[nodiscard]] Output& out();  // results
[[nodiscard]] Output& err();  // errors, and with --json everything that is said to people

// For the end of a verb: done, or unavailable after saying so when something could not be written to out().
[[nodiscard]] Exit unless_unwritten();

// Long results without secrets: collected and written 64 KiB at a time.
class Stream {
  public:
    explicit Stream(Output& output) : output_(output) {}
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() { flush(); }
    void write(std::string_view text);
    void flush();
    [[nodiscard]] bool failed() const { return output_.failed(); }

  private:
    Output& output_;
    std::string buffer_;
};

}  // namespace secondstep::tool
