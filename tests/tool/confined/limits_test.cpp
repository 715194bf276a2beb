// What the reader's limits of resources do. Not under AddressSanitizer, whose shadow
// is over the limit already.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <new>
#include <vector>

#include "confined/confinement.h"
#include "support/child_process.h"

namespace secondstep::confined {
namespace {

using namespace std::chrono_literals;
using testing::status_in_child;

TEST(Limits, BoundTheMemory) {
    const auto takes_a_gigabyte = [] {
        try {
            const std::vector<char> much(1UL << 30);
            return much.empty() ? 1 : 0;
        } catch (const std::bad_alloc&) {
            return 2;
        }
    };
    EXPECT_EQ(status_in_child(takes_a_gigabyte), 0);
    EXPECT_EQ(status_in_child([&] { return limit_resources({}) ? takes_a_gigabyte() : 99; }), 2);
}

TEST(Limits, BoundTheTime) {
    const auto runs_for_ever = [] {
        if (!limit_resources({.processor = 1s, .life = 600s})) return 99;
        for (std::atomic<bool> for_ever = true; for_ever;)
            continue;
        return 0;
    };
    EXPECT_EQ(status_in_child(runs_for_ever), 1000 + SIGXCPU) << "SIGKILL would not say why";
    const auto whatever_its_caller_did = [&] {
        sigset_t all;
        ::sigfillset(&all);
        ::sigprocmask(SIG_BLOCK, &all, nullptr);
        ::signal(SIGXCPU, SIG_IGN);
        return runs_for_ever();
    };
    EXPECT_EQ(status_in_child(whatever_its_caller_did), 1000 + SIGXCPU);
}

TEST(Limits, EndAProcessThatWaitsForEverWhateverItsCallerBlocked) {
    const auto waits_for_ever = [] {
        sigset_t all;
        ::sigfillset(&all);
        ::sigprocmask(SIG_BLOCK, &all, nullptr);
        ::signal(SIGALRM, SIG_IGN);
        if (!limit_resources({.life = 1s})) return 99;
        for (;;)
            ::pause();
    };
    EXPECT_EQ(status_in_child(waits_for_ever), 1000 + SIGALRM);
}

TEST(Limits, AllowNoDescriptorMore) {
    EXPECT_EQ(status_in_child([] {
                  if (!limit_resources({})) return 99;
                  return ::open("/dev/null", O_RDONLY) < 0 && errno == EMFILE ? 0 : 1;
              }),
              0);
}

}  // namespace
}  // namespace secondstep::confined
