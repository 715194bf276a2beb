#include "console/prompt.h"

#include <termios.h>
#include <unistd.h>

#include <cerrno>

#include "base/pasted_text.h"

namespace secondstep::tool {

namespace {

// Puts the terminal's modes back at the end of the scope; after a signal the parent process does it.
class EchoOff {
  public:
    EchoOff() : terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!terminal_) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        silent.c_lflag |= ECHONL;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;
    ~EchoOff() {
        if (terminal_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    }

  private:
    termios before_{};
    bool terminal_;
};

// -1 at the end of input.
int read_byte() {
    unsigned char byte = 0;
    ssize_t n = ::read(STDIN_FILENO, &byte, 1);
    while (n < 0 && errno == EINTR)
        n = ::read(STDIN_FILENO, &byte, 1);
    return n == 1 ? byte : -1;
}

}  // namespace

std::optional<Secret> read_line() {
    Secret line;
    int byte = read_byte();
    if (byte < 0) return std::nullopt;
    for (; byte >= 0 && byte != '\n'; byte = read_byte()) {
        if (line.size() <= max_line) line.push_back(static_cast<char>(byte));
    }
    if (!line.empty() && line.bytes().back() == '\r') line.truncate(line.size() - 1);
    return line;
}

std::optional<Secret> ask(Output& screen, std::string_view prompt, bool echo) {
    // Before the prompt: what somebody types at its sight must neither be shown nor thrown away.
    std::optional<EchoOff> quiet;
    if (!echo) quiet.emplace();
    screen.prompt(prompt);
    auto line = read_line();
    // After Ctrl-D the cursor stands behind the question, and what is said next would too.
    if (!line && ::isatty(STDIN_FILENO) == 1) screen.line("");
    return line;
}

bool confirmed(Output& screen, std::string_view question) {
    if (::isatty(STDIN_FILENO) != 1) return false;
    const auto answer = ask(screen, std::string(question) + " [y/N] ", true);
    if (!answer) return false;
    return is_word(answer->text(), "y") || is_word(answer->text(), "yes");
}

}  // namespace secondstep::tool
