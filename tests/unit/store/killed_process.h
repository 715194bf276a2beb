#pragma once

#include <sys/ptrace.h>
#include <sys/syscall.h>
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

// Runs `work` in a child that is killed with SIGKILL at the nth time it enters or leaves a system call, of those that
// `counts` says yes to (asked while the child stands still).
[[nodiscard]] inline Killed killed_at(
    int n, const std::function<void()>& work,
    const std::function<bool(pid_t)>& counts = [](pid_t) { return true; }) {
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
    // Otherwise the kernel says of no stop that it is one at a system call.
    if (::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD) != 0) return Killed::not_possible;
    for (int stops = 0; stops < n;) {
        if (::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) != 0) break;
        ::waitpid(child, &status, 0);
        if (!WIFSTOPPED(status)) return Killed::never;
        if (counts(child)) ++stops;
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return Killed::at_that_point;
}

// Whether the child stands before a file gets its final name.
[[nodiscard]] inline bool enters_a_renaming(pid_t child) {
    __ptrace_syscall_info call{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call) <= 0) return false;
    return call.op == PTRACE_SYSCALL_INFO_ENTRY && call.entry.nr == SYS_renameat2;
}

// Kills `work` at every point in turn that `counts`, calling `prepare` before and `check` after each; the number of points.
[[nodiscard]] inline int killed_everywhere(
    const std::function<void()>& prepare, const std::function<void()>& work,
    const std::function<void(int)>& check,
    const std::function<bool(pid_t)>& counts = [](pid_t) { return true; }) {
    for (int n = 1;; ++n) {
        prepare();
        const Killed killed = killed_at(n, work, counts);
        if (killed == Killed::not_possible) return -1;
        check(n);
        if (killed == Killed::never) return n;
    }
}

}  // namespace secondstep::testing
