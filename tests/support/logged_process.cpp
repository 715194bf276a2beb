#include "support/logged_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace secondstep::testing {

namespace {

constexpr int patience_ms = 20'000;

[[noreturn]] void become(const LoggedProcess::Start& start, int log) {
    ::dup2(log, STDERR_FILENO);  // first: it may be number 3 itself
    if (start.input >= 0) ::dup2(start.input, STDIN_FILENO);
    if (start.third_descriptor == 3) {
        ::fcntl(3, F_SETFD, 0);
    } else if (start.third_descriptor >= 0) {
        ::dup2(start.third_descriptor, 3);
    }
    if (start.activated) {
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        ::setenv("LISTEN_FDS", "1", 1);
    }
    for (const auto& [name, value] : start.environment)
        ::setenv(name.c_str(), value.c_str(), 1);
    // The leak checker wants to trace its own process, which the services forbid everybody.
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    std::vector<char*> arguments{const_cast<char*>(start.program.c_str())};
    for (const std::string& argument : start.arguments)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::execv(start.program.c_str(), arguments.data());
    ::_exit(127);
}

}  // namespace

LoggedProcess::LoggedProcess(const Start& start) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    log_end_ = UniqueFd(ends[0]);
    const UniqueFd log(ends[1]);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) become(start, log.get());
}

LoggedProcess::~LoggedProcess() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    wait();
}

bool LoggedProcess::read_some() {
    pollfd ready{.fd = log_end_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, patience_ms) != 1) throw std::runtime_error("no more lines; so far:\n" + log_);
    std::array<char, 4096> piece{};
    const ssize_t size = ::read(log_end_.get(), piece.data(), piece.size());
    if (size > 0) log_.append(piece.data(), static_cast<std::size_t>(size));
    return size > 0;
}

void LoggedProcess::await_line(const std::string& text) {
    std::size_t found = std::string::npos;
    while ((found = log_.find(text, looked_at_)) == std::string::npos) {
        if (!read_some()) throw std::runtime_error("it ended without saying \"" + text + "\":\n" + log_);
    }
    looked_at_ = found + text.size();
}

void LoggedProcess::read_log_to_end() {
    while (read_some()) {
    }
}

void LoggedProcess::signal(int number) const {
    // -1 would be every process there is.
    if (pid_ <= 0) throw std::runtime_error("it was waited for already");
    if (::kill(pid_, number) != 0) throw std::runtime_error("kill");
}

int LoggedProcess::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int LoggedProcess::end() {
    signal(SIGTERM);
    return wait();
}

long LoggedProcess::status_number(const std::string& field) const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(field + ":")) return std::strtol(line.c_str() + field.size() + 1, nullptr, 10);
    }
    throw std::runtime_error("no " + field + " of the process");
}

}  // namespace secondstep::testing
