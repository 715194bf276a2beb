#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/file.h"
#include "support/temporary_directory.h"

namespace secondstep::testing {

// While it lives, system calls of another process fail without being executed (strace). Needs root, because
// the service forbids everybody else to look into it.
class InjectedFault {
  public:
    enum class Threads { all, this_one };

    [[nodiscard]] static bool is_possible() { return ::geteuid() == 0 && ::access(strace, X_OK) == 0; }

    // `fault` as strace has it: "error=ENOMEM:when=2" is the second such call of each thread, without `when`
    // it is every one.
    InjectedFault(pid_t process, Threads threads, const std::string& call, const std::string& fault) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
        messages_ = UniqueFd(ends[0]);
        const UniqueFd its(ends[1]);
        std::vector<std::string> words{
            strace,  "-e", "trace=" + call,        "-e", "inject=" + call + ":" + fault, "-o",
            trace(), "-p", std::to_string(process)};
        if (threads == Threads::all) words.emplace_back("-f");
        tracer_ = ::fork();
        if (tracer_ < 0) throw std::runtime_error("fork");
        if (tracer_ == 0) become(words, its.get());
    }
    InjectedFault(const InjectedFault&) = delete;
    InjectedFault& operator=(const InjectedFault&) = delete;
    ~InjectedFault() { end(); }

    // From when it returns the calls fail.
    void await_start() {
        std::string said;
        while (said.find("attached") == std::string::npos) {
            pollfd ready{.fd = messages_.get(), .events = POLLIN, .revents = 0};
            std::array<char, 512> piece{};
            if (::poll(&ready, 1, 20'000) != 1) throw std::runtime_error("strace is silent");
            const ssize_t size = ::read(messages_.get(), piece.data(), piece.size());
            if (size <= 0) throw std::runtime_error("strace: " + said);
            said.append(piece.data(), static_cast<std::size_t>(size));
        }
    }

    // The calls succeed again.
    void end() {
        if (tracer_ < 0) return;
        ::kill(tracer_, SIGTERM);
        while (::waitpid(tracer_, nullptr, 0) < 0 && errno == EINTR) {
        }
        tracer_ = -1;
    }

    // How many calls failed; after end().
    [[nodiscard]] unsigned count() const {
        std::ifstream in(trace());
        unsigned found = 0;
        for (std::string line; std::getline(in, line);) {
            if (line.find("(INJECTED)") != std::string::npos) ++found;
        }
        return found;
    }

  private:
    static constexpr const char* strace = "/usr/bin/strace";

    [[nodiscard]] std::string trace() const { return directory_.file("trace"); }
    [[noreturn]] static void become(std::vector<std::string>& words, int messages) {
        ::dup2(messages, STDERR_FILENO);
        std::vector<char*> arguments;
        arguments.reserve(words.size() + 1);
        for (std::string& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        ::execv(strace, arguments.data());
        ::_exit(127);
    }

    TemporaryDirectory directory_;
    UniqueFd messages_;
    pid_t tracer_ = -1;
};

}  // namespace secondstep::testing
