#include "child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>

namespace secondstep::testing {

namespace {

constexpr std::chrono::seconds patience{180};  // reached by what is dead alone

std::array<UniqueFd, 2> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::array<UniqueFd, 2> make_terminal(unsigned short columns, unsigned short rows) {
    int master = -1;
    int slave = -1;
    const winsize size{rows, columns, 0, 0};
    if (::openpty(&master, &slave, nullptr, nullptr, &size) != 0) throw std::runtime_error("openpty");
    ::fcntl(master, F_SETFD, FD_CLOEXEC);
    ::fcntl(slave, F_SETFD, FD_CLOEXEC);
    return {UniqueFd(master), UniqueFd(slave)};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (std::string& text : texts)
        list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

std::string path_variable() {
    const char* path = std::getenv("PATH");
    return path != nullptr ? path : "/usr/sbin:/usr/bin:/sbin:/bin";
}

std::vector<std::string> variables(const ChildProcess::Environment& environment) {
    std::vector<std::string> list;
    if (!environment.contains("PATH")) list.push_back("PATH=" + path_variable());
    for (const auto& [name, value] : environment)
        list.push_back(name + "=" + value);
    // The sanitizers' options reach the program under test.
    for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"}) {
        if (const char* value = std::getenv(name)) list.push_back(std::string(name) + "=" + value);
    }
    return list;
}

[[noreturn]] void become(int in, int out, int err, bool terminal, char* const* arguments,
                         char* const* environment) {
    ::setsid();
    if (terminal) ::ioctl(in, TIOCSCTTY, 0);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(arguments[0], arguments, environment);
    ::_exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, Kind kind,
                           const Environment& environment, unsigned short columns, unsigned short rows) {
    std::vector<std::string> words = arguments;
    std::vector<std::string> settings = variables(environment);
    const auto argv = pointers(words);
    const auto envp = pointers(settings);
    const bool terminal = kind == Kind::terminal;
    UniqueFd theirs[3];
    if (terminal) {
        auto ends = make_terminal(columns, rows);
        input_ = UniqueFd(::fcntl(ends[0].get(), F_DUPFD_CLOEXEC, 3));
        output_ = std::move(ends[0]);
        theirs[0] = std::move(ends[1]);
    } else {
        auto in = make_pipe();
        auto out = make_pipe();
        auto err = make_pipe();
        input_ = std::move(in[1]);
        output_ = std::move(out[0]);
        errors_ = std::move(err[0]);
        theirs[0] = std::move(in[0]);
        theirs[1] = std::move(out[1]);
        theirs[2] = std::move(err[1]);
    }
    const int in = theirs[0].get();
    const int out = terminal ? in : theirs[1].get();
    const int err = terminal ? in : theirs[2].get();
    pid_ = ::fork();
    if (pid_ == 0) become(in, out, err, terminal, argv.data(), envp.data());
    if (pid_ < 0) throw std::runtime_error("fork");
}

ChildProcess::~ChildProcess() {
    if (pid_ < 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

// Appends what is there to out_ and err_. False: both have ended, or nothing came in time.
bool ChildProcess::read_some(int timeout_ms) {
    pollfd ends[2] = {{output_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}};
    if (::poll(ends, 2, timeout_ms) <= 0) return false;
    bool alive = false;
    std::array<char, 65536> buffer{};
    for (int i = 0; i < 2; ++i) {
        if (ends[i].fd < 0 || ends[i].revents == 0) {
            alive = alive || ends[i].fd >= 0;
            continue;
        }
        const ssize_t n = ::read(ends[i].fd, buffer.data(), buffer.size());
        if (n > 0) (i == 0 ? out_ : err_).append(buffer.data(), static_cast<std::size_t>(n));
        if (n > 0) alive = true;
        if (n <= 0) (i == 0 ? output_ : errors_) = UniqueFd();
    }
    return alive;
}

bool ChildProcess::wait_for(std::string_view text) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const std::size_t found = out_.find(text, seen_);
        if (found != std::string::npos) {
            seen_ = found + text.size();
            return true;
        }
        if (std::chrono::steady_clock::now() > deadline || !output_.valid()) return false;
        if (!read_some(1000) && !output_.valid()) return out_.find(text, seen_) != std::string::npos;
    }
}

void ChildProcess::send(std::string_view text) {
    const ssize_t written = ::write(input_.get(), text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size())) throw std::runtime_error("the program does not read");
}

void ChildProcess::close_input() {
    input_ = UniqueFd();
}

void ChildProcess::signal_group(int number) const {
    if (pid_ <= 0) throw std::runtime_error("the program was waited for already");
    ::kill(-pid_, number);
}

Finished ChildProcess::finish(Input input) {
    if (errors_.valid() && input == Input::closed) close_input();
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while ((output_.valid() || errors_.valid()) && std::chrono::steady_clock::now() < deadline)
        read_some(1000);
    const bool still_there = output_.valid() || errors_.valid();
    if (still_there) ::kill(-pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    if (still_there) throw std::runtime_error("the program waits for ever: " + out_ + err_);
    Finished finished;
    if (WIFEXITED(status)) finished.status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) finished.signal = WTERMSIG(status);
    finished.out = out_;
    finished.err = err_;
    return finished;
}

Finished run_program(const std::vector<std::string>& arguments, std::string_view input,
                     const ChildProcess::Environment& environment) {
    ChildProcess child(arguments, ChildProcess::Kind::pipes, environment);
    if (!input.empty()) {
        // A program that does not read all of it must not end the tests.
        ::signal(SIGPIPE, SIG_IGN);
        try {
            child.send(input);
        } catch (const std::runtime_error&) {
        }
    }
    child.close_input();
    return child.finish();
}

bool have_program(const std::string& name) {
    std::string path = path_variable();
    std::size_t begin = 0;
    while (begin <= path.size()) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        if (std::filesystem::exists(path.substr(begin, end - begin) + "/" + name)) return true;
        begin = end + 1;
    }
    return false;
}

}  // namespace secondstep::testing
