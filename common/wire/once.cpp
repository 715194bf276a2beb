#include "wire/once.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

#include "wire/deadline.h"
#include "wire/descriptor.h"

namespace secondstep::wire {
namespace {

constexpr int socket_of_service = 3;
constexpr std::chrono::milliseconds after_kill = std::chrono::seconds{1};

struct Ids {
    uid_t user;
    gid_t group;
};

Result<Ids> ids_of(const std::string& account) {
    std::vector<char> room(1024);
    passwd entry{};
    passwd* found = nullptr;
    int error = 0;
    while ((error = ::getpwnam_r(account.c_str(), &entry, room.data(), room.size(), &found)) == ERANGE &&
           room.size() < std::size_t{1} << 20) {
        room.resize(room.size() * 2);
    }
    if (error != 0) return fail_errno("account " + account, error);
    if (found == nullptr) return fail(Errc::not_found, "there is no account " + account);
    if (entry.pw_uid == 0 || entry.pw_gid == 0)
        return fail(Errc::invalid, "account " + account + " is root's");
    return Ids{.user = entry.pw_uid, .group = entry.pw_gid};
}

// Everything the child needs, made before clone3: there it may neither allocate nor look anything up.
struct Plan {
    Ids ids;
    int socket;
    const char* path;
    std::array<const char*, 5> arguments;
};

// glibc's wrappers are more than system calls: its setresuid() makes every thread of the process take part,
// and waits for ever in a child that has only one.
template <typename... Arguments>
long raw(long number, Arguments... arguments) noexcept {
    return ::syscall(number, arguments...);
}

bool set_limit(int resource, rlim_t soft, rlim_t hard) noexcept {
    const rlimit limit{.rlim_cur = soft, .rlim_max = hard};
    return raw(SYS_prlimit64, 0, resource, &limit, nullptr) == 0;
}

// Whoever calls su chooses its limits: RLIMIT_FSIZE 0 would make every write of the state fail, RLIMIT_CPU
// would kill in the middle of one, a core file would hold keys.
bool take_limits() noexcept {
    return set_limit(RLIMIT_NOFILE, 1024, 1024) && set_limit(RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY) &&
           set_limit(RLIMIT_CPU, RLIM_INFINITY, RLIM_INFINITY) &&
           set_limit(RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY) &&
           set_limit(RLIMIT_DATA, RLIM_INFINITY, RLIM_INFINITY) &&
           set_limit(RLIMIT_STACK, rlim_t{8} << 20, RLIM_INFINITY) && set_limit(RLIMIT_CORE, 0, 0);
}

bool take_signals() noexcept {
    // All zero is SIG_DFL without flags in the kernel's own struct sigaction, whatever its size here.
    const std::array<std::uint64_t, 8> defaults{};
    constexpr std::size_t mask_size = 8;
    for (int signal = 1; signal <= 64; ++signal) {
        if (signal == SIGKILL || signal == SIGSTOP) continue;
        if (raw(SYS_rt_sigaction, signal, defaults.data(), nullptr, mask_size) != 0) return false;
    }
    return raw(SYS_rt_sigprocmask, SIG_SETMASK, defaults.data(), nullptr, mask_size) == 0;
}

bool take_descriptors(int socket) noexcept {
    const long null = raw(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
    if (null < 0) return false;
    for (long standard = 0; standard < socket_of_service; ++standard) {
        if (null != standard && raw(SYS_dup3, null, standard, 0) < 0) return false;
    }
    const long moved = socket == socket_of_service ? raw(SYS_fcntl, socket, F_SETFD, 0)
                                                   : raw(SYS_dup3, socket, socket_of_service, 0);
    return moved >= 0 && raw(SYS_close_range, socket_of_service + 1, ~0U, 0) == 0;
}

bool take_ids(const Ids& ids) noexcept {
    return raw(SYS_setgroups, 0, nullptr) == 0 && raw(SYS_setresgid, ids.group, ids.group, ids.group) == 0 &&
           raw(SYS_setresuid, ids.user, ids.user, ids.user) == 0;
}

// What of the host the service must not inherit, beside the above: a working directory that keeps a file
// system busy, a mask that makes its files readable.
bool take_surroundings() noexcept {
    raw(SYS_umask, 077);
    return raw(SYS_setsid) >= 0 && raw(SYS_chdir, "/") == 0;
}

[[noreturn]] void become_service(const Plan& plan) noexcept {
    if (take_surroundings() && take_signals() && take_limits() && take_descriptors(plan.socket) &&
        take_ids(plan.ids)) {
        const char* const empty_environment[] = {nullptr};
        raw(SYS_execve, plan.path, plan.arguments.data(), empty_environment);
    }
    for (;;)
        raw(SYS_exit_group, 127);
}

Result<UniqueFd> start(const Plan& plan) {
    int process = -1;
    clone_args request{};
    request.flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND;
    request.pidfd = reinterpret_cast<std::uintptr_t>(&process);
    request.exit_signal = 0;
    const long child = raw(SYS_clone3, &request, sizeof request);
    if (child == 0) become_service(plan);
    if (child < 0) return fail_errno("clone3", errno);
    return UniqueFd(process);
}

std::array<const char*, 5> arguments_of(const OnceProgram& program) {
    if (program.config.empty()) return {"secondstepd", "--once", nullptr, nullptr, nullptr};
    return {"secondstepd", "--once", "--config", program.config.c_str(), nullptr};
}

}  // namespace

Result<Once> start_once(const OnceProgram& program) {
    const Result<Ids> ids = ids_of(program.account);
    if (!ids) return std::unexpected(ids.error());
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return fail_errno("socketpair", errno);
    }
    UniqueFd first(ends[0]);
    UniqueFd second(ends[1]);
    Result<UniqueFd> ours = above_standard(std::move(first));
    Result<UniqueFd> theirs = above_standard(std::move(second));
    if (!ours) return std::unexpected(ours.error());
    if (!theirs) return std::unexpected(theirs.error());

    Result<UniqueFd> process = start({.ids = *ids,
                                      .socket = theirs->get(),
                                      .path = program.path.c_str(),
                                      .arguments = arguments_of(program)});
    if (!process) return std::unexpected(process.error());
    Result<UniqueFd> moved = above_standard(std::move(*process));
    if (!moved) return std::unexpected(moved.error());
    return Once{.socket = std::move(*ours), .process = std::move(*moved)};
}

void end_once(const UniqueFd& process, std::chrono::milliseconds patience) noexcept {
    if (!Deadline(patience).await(process.get(), POLLIN)) {
        raw(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0U);
        // Even that takes its time in a process that waits for a broken disk;
        // the host must not wait for it too.
        if (!Deadline(after_kill).await(process.get(), POLLIN)) return;
    }
    siginfo_t status{};
    // Its descriptor said that it has ended, so this never blocks. __WALL: a child without an exit signal is
    // passed over otherwise.
    ::waitid(P_PIDFD, static_cast<id_t>(process.get()), &status, WEXITED | WNOHANG | __WALL);
}

}  // namespace secondstep::wire
