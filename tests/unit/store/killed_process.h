#pragma once

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace secondstep::testing {

enum class Killed {
    at_that_point,
    never,         // the work had been done before
    not_possible,  // this machine does not let us trace our own child
};

// Runs `work` in a child that is killed with SIGKILL at the nth time it enters or leaves a system call.
[[nodiscard]] inline Killed killed_at(int n, const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child < 0) return Killed::not_possible;
    if (child == 0) {
        if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(2);
        ::raise(SIGSTOP);
        work();
        ::_exit(0);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return Killed::not_possible;
    for (int stops = 0; stops < n; ++stops) {
        if (::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) != 0) break;
        ::waitpid(child, &status, 0);
        if (!WIFSTOPPED(status)) return Killed::never;
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return Killed::at_that_point;
}

// Kills `work` at every point in turn, calling `prepare` before and `check` after each; the number of points.
[[nodiscard]] inline int killed_everywhere(const std::function<void()>& prepare,
                                           const std::function<void()>& work,
                                           const std::function<void(int)>& check) {
    for (int n = 1;; ++n) {
        prepare();
        const Killed killed = killed_at(n, work);
        if (killed == Killed::not_possible) return -1;
        check(n);
        if (killed == Killed::never) return n;
    }
}

}  // namespace secondstep::testing
