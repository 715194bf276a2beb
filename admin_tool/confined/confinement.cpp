#include "confined/confinement.h"

#include <linux/futex.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <initializer_list>
#include <memory>

#include "process/privileges.h"
#include "process/resource_limit.h"

namespace secondstep::confined {

namespace {

struct Release {
    void operator()(void* filter) const { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

bool allow(const Filter& filter, int call, std::initializer_list<scmp_arg_cmp> arguments = {}) {
    return ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call,
                                    static_cast<unsigned>(arguments.size()), arguments.begin()) == 0;
}

scmp_arg_cmp is(unsigned argument, scmp_datum_t value) {
    return {argument, SCMP_CMP_EQ, value, 0};
}

scmp_arg_cmp has_bits(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

// Every line was needed by a run of a reader on the files of its tests; memory never becomes code.
bool allow_what_is_needed(const Filter& filter) {
    return allow(filter, SCMP_SYS(read), {is(0, STDIN_FILENO)}) &&
           allow(filter, SCMP_SYS(write), {is(0, STDOUT_FILENO)}) && allow(filter, SCMP_SYS(brk)) &&
           allow(filter, SCMP_SYS(mmap),
                 {has_bits(2, PROT_EXEC, 0), has_bits(3, MAP_ANONYMOUS, MAP_ANONYMOUS)}) &&
           allow(filter, SCMP_SYS(munmap)) && allow(filter, SCMP_SYS(mremap)) &&
           // std::call_once and pthread_once wake waiters, of which there are none.
           allow(filter, SCMP_SYS(futex), {is(1, FUTEX_WAKE_PRIVATE)}) &&
           allow(filter, SCMP_SYS(clock_gettime)) && allow(filter, SCMP_SYS(exit_group));
}

bool let_fail(const Filter& filter, Failing calls) {
    return std::ranges::all_of(calls, [&](int call) {
        return ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(EACCES), call, 0, nullptr) == 0;
    });
}

bool limit(__rlimit_resource resource, rlim_t most) {
    return process::limit(resource, most).has_value();
}

// At the hard limit the kernel sends SIGKILL, which says nothing: where both are the same, never SIGXCPU.
bool limit_processor(std::chrono::seconds time) {
    constexpr rlim_t more = 2;
    const auto soft = static_cast<rlim_t>(time.count());
    const rlimit both{.rlim_cur = soft, .rlim_max = soft + more};
    return ::setrlimit(RLIMIT_CPU, &both) == 0;
}

// Whoever started this program may have blocked or ignored them.
bool let_the_limits_kill() {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGALRM, SIGXCPU}) {
        ::sigaddset(&signals, signal);
        if (::signal(signal, SIG_DFL) == SIG_ERR) return false;
    }
    return ::sigprocmask(SIG_UNBLOCK, &signals, nullptr) == 0;
}

}  // namespace

Result<void> limit_resources(const Limits& limits) {
    const bool limited = limit(RLIMIT_AS, limits.memory) && limit_processor(limits.processor) &&
                         limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 0) && limit(RLIMIT_NPROC, 0) &&
                         limit(RLIMIT_CORE, 0) && let_the_limits_kill();
    if (!limited) return fail_errno("Limiting the resources of the reader", errno);
    ::alarm(static_cast<unsigned>(limits.life.count()));
    return {};
}

Result<void> forbid_system_calls(Failing failing) {
    const Filter filter(::seccomp_init(SCMP_ACT_KILL_PROCESS));
    if (filter == nullptr ||
        ::seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0 ||
        !allow_what_is_needed(filter) || !let_fail(filter, failing)) {
        return fail(Errc::unsupported, "The filter of system calls for the reader cannot be made.");
    }
    if (const int error = ::seccomp_load(filter.get()); error != 0) {
        return fail(Errc::unsupported, "The kernel does not take the filter of system calls (seccomp): " +
                                           fail_errno("seccomp", -error).error().detail);
    }
    return {};
}

Result<void> confine(const Limits& limits, Failing failing) {
    if (const Result<void> done = process::shut_the_doors(); !done) return done;
    if (const Result<void> done = limit_resources(limits); !done) return done;
    return forbid_system_calls(failing);
}

}  // namespace secondstep::confined
