#include "process/child.h"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include "base/file.h"

namespace secondstep::process {

namespace {

// False: not within that time, or nobody can say.
bool ends_within(pid_t child, std::chrono::milliseconds patience) {
    using std::chrono::steady_clock;
    const auto end = steady_clock::now() + patience;
    const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    if (!process.valid()) return false;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now()).count();
        pollfd waiting{.fd = process.get(), .events = POLLIN, .revents = 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
        if (ready >= 0) return ready > 0;
        if (errno != EINTR) return false;
    }
}

}  // namespace

void forget_inherited_signals() noexcept {
    sigset_t ours;
    ::sigemptyset(&ours);
    for (const int number : {SIGCHLD, SIGALRM}) {
        ::signal(number, SIG_DFL);
        ::sigaddset(&ours, number);
    }
    ::sigprocmask(SIG_UNBLOCK, &ours, nullptr);
}

Result<int> status_of(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return fail_errno("waiting for a child", errno);
    }
    return status;
}

Result<int> status_of(pid_t child, std::chrono::milliseconds patience) {
    if (ends_within(child, patience)) return status_of(child);
    ::kill(child, SIGKILL);
    static_cast<void>(status_of(child));
    return fail(Errc::timed_out, "it does not end");
}

}  // namespace secondstep::process
