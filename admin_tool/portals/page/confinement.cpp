#include "portals/page/confinement.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

#include "process/privileges.h"
#include "process/resource_limit.h"

namespace secondstep::page {

namespace {

void reset_signals() {
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, number == SIGPIPE ? SIG_IGN : SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

Result<void> limit_all(std::size_t most_memory) {
    constexpr rlim_t most_descriptors = 64;
    if (Result<void> done = process::limit(RLIMIT_FSIZE, 0); !done) return done;
    if (Result<void> done = process::limit(RLIMIT_NPROC, 0); !done) return done;
    if (Result<void> done = process::limit(RLIMIT_NOFILE, most_descriptors); !done) return done;
    return most_memory == 0 ? Result<void>{} : process::limit(RLIMIT_AS, most_memory);
}

// Capabilities stay over setresuid() when a securebit says so, which whoever started
// root's tool may have set.
bool has_a_capability() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (::syscall(SYS_capget, &header, sets.data()) != 0) return true;
    return std::ranges::any_of(sets, [](const auto& set) { return (set.permitted | set.effective) != 0; });
}

Result<void> give_up_root(const std::string& account) {
    const Result<process::Ids> ids = process::ids_of(account);
    if (!ids) {
        return fail(ids.error().code,
                    "The page for pictures needs the account " + account + ", whose ids are not root's.");
    }
    if (Result<void> taken = process::take_ids(*ids); !taken) return taken;
    uid_t real = 0;
    uid_t effective = 0;
    uid_t saved = 0;
    if (::getresuid(&real, &effective, &saved) != 0) return fail_errno("getresuid", errno);
    const bool all = real == ids->user && effective == ids->user && saved == ids->user;
    if (!all || ::setuid(0) == 0 || ::setgid(0) == 0 || has_a_capability())
        return fail(Errc::untrusted, "Root could not be given up.");
    return {};
}

}  // namespace

Result<void> keep_only(std::span<const int> descriptors) {
    // Above those that are written over here.
    const int above = kept_descriptor + static_cast<int>(descriptors.size());
    std::vector<int> copies;
    for (const int descriptor : descriptors) {
        copies.push_back(descriptor < 0 ? -1 : ::fcntl(descriptor, F_DUPFD, above));
        if (descriptor >= 0 && copies.back() < 0) return fail_errno("fcntl", errno);
    }
    const int nothing = ::open("/dev/null", O_RDWR);
    if (nothing < 0) return fail_errno("/dev/null", errno);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::dup2(nothing, fd) < 0) return fail_errno("dup2", errno);
    }
    for (int fd = kept_descriptor; fd < above; ++fd) {
        const int copy = copies.at(static_cast<std::size_t>(fd - kept_descriptor));
        if (copy < 0) {
            ::close(fd);
        } else if (::dup2(copy, fd) < 0) {
            return fail_errno("dup2", errno);
        }
    }
    if (::close_range(static_cast<unsigned>(above), ~0U, 0) != 0) return fail_errno("close_range", errno);
    return {};
}

Result<void> confine(const Limits& limits) {
    ::setsid();  // Ctrl-C is for the tool; the page then says that nobody waits any more
    reset_signals();
    ::alarm(static_cast<unsigned>(limits.life.count()));
    if (::geteuid() == 0) {
        if (Result<void> done = give_up_root(limits.account); !done) return done;
    }
    if (Result<void> done = limit_all(limits.most_memory); !done) return done;
    return process::shut_the_doors();
}

}  // namespace secondstep::page
