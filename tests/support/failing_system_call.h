#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <functional>
#include <optional>

namespace secondstep::testing {

// Every system call with this number, or only those with `descriptor` as their first argument.
struct SystemCall {
    // Not explicit: a number alone, SYS_fsync, is a system call.
    constexpr SystemCall(long n, std::optional<int> of = std::nullopt) : number(n), descriptor(of) {}
    long number;
    std::optional<int> descriptor;
};

// From here on the call fails in this process with `errno_value`, without being executed. There is no way
// back, so this is for a child; it needs no privileges.
[[nodiscard]] inline bool let_fail(const SystemCall& call, int errno_value) {
    constexpr auto load = BPF_LD | BPF_W | BPF_ABS;
    constexpr auto equal = BPF_JMP | BPF_JEQ | BPF_K;
    constexpr auto at_least = BPF_JMP | BPF_JGE | BPF_K;
    const auto descriptor = static_cast<unsigned>(call.descriptor.value_or(0));
    std::array<sock_filter, 6> program{{
        {load, 0, 0, offsetof(seccomp_data, nr)},
        {equal, 0, 3, static_cast<unsigned>(call.number)},
        {load, 0, 0, offsetof(seccomp_data, args)},
        // With no descriptor asked for: any, because every number is at least 0.
        {static_cast<unsigned short>(call.descriptor ? equal : at_least), 0, 1, descriptor},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | static_cast<unsigned>(errno_value)},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    }};
    const sock_fprog filter{program.size(), program.data()};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// Runs `body` in a child in which the call fails; true when it said true there.
[[nodiscard]] inline bool holds_while_failing(const SystemCall& call, int errno_value,
                                              const std::function<bool()>& body) {
    const pid_t child = fork();
    if (child == 0) _exit(let_fail(call, errno_value) && body() ? 0 : 1);
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace secondstep::testing
