// Any one system call of the service fails once while people log in: that may cost one login, and the later
// ones get their verdict at once. Short by default; with SECONDSTEP_LONG=1 in the environment every call,
// with more errors and at more places (about a quarter of an hour).
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "service/client.h"
#include "service/installation.h"
#include "service/service_process.h"
#include "support/injected_fault.h"

namespace secondstep::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// A second, and room for a machine that is busy with other tests. What only the service's heartbeat mends
// takes longer.
constexpr std::chrono::milliseconds at_once = 4s;
constexpr std::chrono::milliseconds patience_with_a_victim = 2s;

bool is_long() {
    return std::getenv("SECONDSTEP_LONG") != nullptr;
}

// Whoever starts a process meanwhile gives it one processor, and the service has as many I/O threads as that.
class OneProcessor {
  public:
    OneProcessor() {
        ::sched_getaffinity(0, sizeof(before_), &before_);
        cpu_set_t one{};
        for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i)
            if (CPU_ISSET(i, &before_)) CPU_SET(i, &one);
        ::sched_setaffinity(0, sizeof(one), &one);
    }
    OneProcessor(const OneProcessor&) = delete;
    OneProcessor& operator=(const OneProcessor&) = delete;
    ~OneProcessor() { ::sched_setaffinity(0, sizeof(before_), &before_); }

  private:
    cpu_set_t before_{};
};

std::unique_ptr<ServiceProcess> start_on_one_processor(const Installation& installation) {
    const OneProcessor guard;
    return std::make_unique<ServiceProcess>(installation);
}

// Nothing: no verdict came within that time, or the service hung up.
std::optional<Verdict> log_in(const std::string& socket, const std::string& user, const std::string& answer,
                              std::chrono::milliseconds patience) try {
    const auto end = steady_clock::now() + patience;
    Client client(socket);
    client.send(hello_for(user));
    bool answered = false;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now()).count();
        pollfd ready{.fd = client.fd(), .events = POLLIN, .revents = 0};
        if (!client.has_unread() && (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) != 1))
            return std::nullopt;
        const wire::Message message = client.receive();
        if (const auto* over = std::get_if<wire::End>(&message)) return over->verdict;
        if (!std::holds_alternative<wire::Ask>(message)) continue;
        answered ? client.answer_nothing() : client.answer(answer);
        answered = true;
    }
} catch (const std::exception&) {  // it hung up, or is gone
    return std::nullopt;
}

struct Failure {
    std::string call;
    std::string error;
    unsigned when;
};

class FailingCalls : public ::testing::Test {
  protected:
    FailingCalls() : installation_("action = require\n") {
        if (InjectedFault::is_possible()) service_ = start_on_one_processor(installation_);
    }

    void restart() {
        service_.reset();
        service_ = start_on_one_processor(installation_);
    }

    [[nodiscard]] bool one_login(std::chrono::milliseconds patience) {
        const std::string user = "nobody-" + std::to_string(++logins_);
        return log_in(installation_.socket(), user, "123456", patience).has_value();
    }

    // Everybody after the fault, and all but one for each fault while it lasts.
    void expect_survived(const Failure& failure) {
        const std::string what =
            failure.call + " " + failure.error + " at " + std::to_string(failure.when) + ": ";
        unsigned victims = 0;
        InjectedFault fault(service_->pid(), InjectedFault::Threads::all, failure.call,
                            "error=" + failure.error + ":when=" + std::to_string(failure.when));
        fault.await_start();
        for (int i = 0; i < 3; ++i)
            victims += one_login(patience_with_a_victim) ? 0 : 1;
        fault.end();
        const unsigned faults = fault.count();
        injected_ += faults;
        EXPECT_LE(victims, faults) << what << "logins without a verdict";
        for (int i = 0; i < 2; ++i)
            EXPECT_TRUE(one_login(at_once)) << what << "a later login gets no verdict";
        if (HasFailure()) restart();  // the next one is judged alone
    }

    Installation installation_;
    std::unique_ptr<ServiceProcess> service_;
    unsigned logins_ = 0;
    unsigned injected_ = 0;
};

std::vector<Failure> few_failures() {
    std::vector<Failure> failures;
    for (const unsigned when : {1U, 2U, 3U, 5U})
        failures.push_back({"epoll_ctl", when == 2 ? "ENOSPC" : "ENOMEM", when});
    for (const auto& [call, error] :
         std::vector<std::pair<std::string, std::string>>{{"epoll_wait", "EINTR"},
                                                          {"accept4", "EMFILE"},
                                                          {"accept4", "ENOMEM"},
                                                          {"getsockopt", "ENOMEM"},
                                                          {"recvfrom", "ENOMEM"},
                                                          {"sendto", "ENOBUFS"},
                                                          {"sendto", "EAGAIN"},
                                                          {"openat", "EMFILE"},
                                                          {"flock", "EINTR"},
                                                          {"pread64", "EIO"},
                                                          {"pwrite64", "ENOSPC"},
                                                          {"fdatasync", "EIO"},
                                                          {"mmap", "ENOMEM"},
                                                          {"timerfd_settime", "EINVAL"}}) {
        failures.push_back({call, error, 1});
    }
    return failures;
}

// What each call may say (and some that Linux never says), at the first twelve places.
std::vector<Failure> all_failures() {
    std::vector<Failure> failures;
    for (const char* call :
         {"epoll_ctl", "epoll_wait", "accept4", "getsockopt",      "recvfrom",      "sendto",
          "openat",    "flock",      "pread64", "pwrite64",        "fdatasync",     "read",
          "write",     "poll",       "close",   "fstat",           "newfstatat",    "lseek",
          "mmap",      "munmap",     "brk",     "mprotect",        "clone3",        "madvise",
          "socket",    "connect",    "fcntl",   "timerfd_settime", "clock_gettime", "getpid"}) {
        for (const char* error : {"EINTR", "ENOMEM", "ENOSPC", "EMFILE", "EIO", "EAGAIN"}) {
            for (unsigned when = 1; when <= 12; ++when)
                failures.push_back({call, error, when});
        }
    }
    return failures;
}

TEST_F(FailingCalls, CostOneLoginAtMostAndNoLaterOne) {
    if (!InjectedFault::is_possible()) GTEST_SKIP() << "needs root and strace";
    for (const Failure& failure : is_long() ? all_failures() : few_failures())
        expect_survived(failure);
    EXPECT_GT(injected_, 10U) << "hardly any call failed: this shows nothing";
}

TEST_F(FailingCalls, OfAReloadLeaveTheServiceAsItIs) {
    if (!InjectedFault::is_possible()) GTEST_SKIP() << "needs root and strace";
    for (const std::string call : {"openat", "mmap", "getdents64", "read"}) {
        for (unsigned when = 1; when <= (is_long() ? 12U : 2U); ++when) {
            InjectedFault fault(service_->pid(), InjectedFault::Threads::this_one, call,
                                "error=ENOMEM:when=" + std::to_string(when));
            fault.await_start();
            service_->signal(SIGHUP);
            service_->await_line("reloaded");
            fault.end();
            EXPECT_TRUE(one_login(at_once)) << call << " " << when;
        }
    }
}

}  // namespace
}  // namespace secondstep::testing
