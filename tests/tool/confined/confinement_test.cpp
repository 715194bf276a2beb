#include "confined/confinement.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>

#include "support/child_process.h"
#include "support/failing_system_call.h"

namespace secondstep::confined {
namespace {

using testing::status_in_child;

constexpr int killed_by_the_filter = 1000 + SIGSYS;

// What a decoder that was taken over would try; 0: it could.
struct Attempt {
    const char* name;
    std::function<int()> act;
};

int execute_true() {
    char name[] = "true";
    char* const words[] = {name, nullptr};
    char* const environment[] = {nullptr};
    ::execve("/bin/true", words, environment);
    return 1;
}

const std::array attempts = {
    Attempt{"open", [] { return ::open("/etc/passwd", O_RDONLY) >= 0 ? 0 : 1; }},
    Attempt{"socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : 1; }},
    Attempt{"fork",
            [] {
                const pid_t child = ::fork();
                if (child == 0) ::_exit(0);
                return child > 0 ? 0 : 1;
            }},
    Attempt{"exec", execute_true},
    Attempt{"signal", [] { return ::kill(::getppid(), 0); }},
    Attempt{"trace", [] { return ::syscall(SYS_ptrace, 0 /* TRACEME */, 0, 0, 0) == 0 ? 0 : 1; }},
    Attempt{"standard error", [] { return ::write(STDERR_FILENO, "", 0) == 0 ? 0 : 1; }},
    Attempt{"code",
            [] {
                void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                return page != MAP_FAILED ? 0 : 1;
            }},
    Attempt{"code later", [] {
                void* page = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                return ::mprotect(page, 4096, PROT_READ | PROT_EXEC);
            }}};

TEST(Confinement, KillsWhoeverTriesMoreThanReadingAndAnswering) {
    for (const Attempt& attempt : attempts) {
        EXPECT_EQ(status_in_child(attempt.act), 0) << attempt.name << " does not work without it either";
        const auto confined = [&] { return forbid_system_calls() ? attempt.act() : 99; };
        EXPECT_EQ(status_in_child(confined), killed_by_the_filter) << attempt.name;
    }
}

TEST(Confinement, LetsFailWhatItIsToldToAndKillsForTheRest) {
    const auto confined = [](const std::function<int()>& act) {
        return status_in_child([&] { return forbid_system_calls({SYS_openat}) ? act() : 99; });
    };
    EXPECT_EQ(confined([] { return ::open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? 0 : 1; }), 0);
    EXPECT_EQ(confined([] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : 1; }), killed_by_the_filter);
}

int lock_up_and_see_it_refused() {
    const auto confined = forbid_system_calls();
    return !confined && confined.error().code == Errc::unsupported ? 0 : 1;
}

TEST(Confinement, SaysWhenTheKernelHasNoFilter) {
    EXPECT_EQ(status_in_child([] {
                  if (!testing::let_fail(SYS_seccomp, ENOSYS) || !testing::let_fail(SYS_prctl, EINVAL))
                      return 99;
                  return lock_up_and_see_it_refused();
              }),
              0);
}

TEST(Confinement, SaysWhenTheKernelDoesNotTakeTheFilter) {
    EXPECT_EQ(status_in_child([] {
                  // Only SECCOMP_SET_MODE_FILTER, which is 1.
                  if (!testing::let_fail({SYS_seccomp, 1}, EINVAL)) return 99;
                  return lock_up_and_see_it_refused();
              }),
              0);
}

}  // namespace
}  // namespace secondstep::confined
