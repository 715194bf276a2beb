#pragma once

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#include <map>
#include <optional>

namespace secondstep::testing {

// How often each system call was made, by its number. Those of memory and of threads do not count: which of them
// there are depends on what was allocated before.
using SystemCalls = std::map<long, unsigned>;

[[nodiscard]] inline bool counts(long number) {
    constexpr std::array left_out{SYS_brk,    SYS_mmap,       SYS_munmap, SYS_mprotect,   SYS_madvise,
                                  SYS_mremap, SYS_membarrier, SYS_futex,  SYS_sched_yield};
    constexpr std::array of_raise{SYS_tgkill, SYS_gettid, SYS_getpid, SYS_rt_sigprocmask};
    return std::ranges::find(left_out, number) == left_out.end() &&
           std::ranges::find(of_raise, number) == of_raise.end();
}

[[nodiscard]] inline bool waited_for(pid_t child, int& status) {
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return false;
    }
    return true;
}

// The stop at which `child` may be watched; the calls from there to its next SIGSTOP.
[[nodiscard]] inline std::optional<SystemCalls> calls_until_it_stops(pid_t child) {
    int status = 0;
    if (!waited_for(child, status) || !WIFSTOPPED(status)) return std::nullopt;
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    SystemCalls calls;
    while (::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) == 0 && waited_for(child, status)) {
        if (!WIFSTOPPED(status)) return std::nullopt;
        if (WSTOPSIG(status) == SIGSTOP) return calls;
        __ptrace_syscall_info info{};
        if (::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) <= 0) return std::nullopt;
        const bool enters = info.op == PTRACE_SYSCALL_INFO_ENTRY;
        const long number = enters ? static_cast<long>(info.entry.nr) : -1;
        if (enters && counts(number)) ++calls[number];
    }
    return std::nullopt;
}

// Of `body`, in a child of this process. Nothing: it could not be watched, or said false.
[[nodiscard]] inline std::optional<SystemCalls> counted_system_calls(const std::function<bool()>& body) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(1);
        ::raise(SIGSTOP);
        const bool good = body();
        if (good) ::raise(SIGSTOP);
        ::_exit(1);
    }
    if (child < 0) return std::nullopt;
    std::optional<SystemCalls> calls = calls_until_it_stops(child);
    ::kill(child, SIGKILL);
    int status = 0;
    static_cast<void>(waited_for(child, status));
    return calls;
}

}  // namespace secondstep::testing
