#include "process/child.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "service/client.h"

namespace secondstep::process {
namespace {

using namespace std::chrono_literals;
using testing::in_child;

pid_t child_that_ends_with(int status) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(status);
    return child;
}

pid_t child_that_stays() {
    const pid_t child = ::fork();
    while (child == 0)
        ::pause();
    return child;
}

// As `trap '' CHLD; exec ...` leaves it: the kernel forgets how a child ended.
void ignore_children() {
    ::signal(SIGCHLD, SIG_IGN);
}

TEST(Child, SaysHowItEnded) {
    const Result<int> status = status_of(child_that_ends_with(7));
    ASSERT_TRUE(status);
    EXPECT_EQ(WEXITSTATUS(*status), 7);
    const Result<int> soon = status_of(child_that_ends_with(8), 20s);
    ASSERT_TRUE(soon);
    EXPECT_EQ(WEXITSTATUS(*soon), 8);
}

TEST(Child, OfWhichNobodyCanSayHowItEndedHasNotSucceeded) {
    EXPECT_EQ(in_child([] {
                  ignore_children();
                  return status_of(child_that_ends_with(0)) || status_of(child_that_ends_with(0), 20s) ? 1
                                                                                                       : 0;
              }),
              0);
}

TEST(Child, ThatDoesNotEndIsKilled) {
    const pid_t child = child_that_stays();
    const Result<int> status = status_of(child, 50ms);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, Errc::timed_out);
    EXPECT_NE(::kill(child, 0), 0) << "it is still there";
}

// Signals that come while it is waited for say nothing about it.
TEST(Child, IsWaitedForThroughSignals) {
    EXPECT_EQ(in_child([] {
                  struct sigaction interrupting{};
                  interrupting.sa_handler = [](int) {};
                  ::sigaction(SIGUSR1, &interrupting, nullptr);
                  const pid_t child = ::fork();
                  if (child == 0) {
                      for (int i = 0; i < 2000; ++i) {
                          ::kill(::getppid(), SIGUSR1);
                          ::sched_yield();
                      }
                      ::_exit(7);
                  }
                  const Result<int> status = status_of(child);
                  return status && WEXITSTATUS(*status) == 7 ? 0 : 1;
              }),
              0);
}

TEST(Child, CanBeWaitedForWhateverTheStarterIgnoresAndBlocks) {
    EXPECT_EQ(in_child([] {
                  ignore_children();
                  ::signal(SIGALRM, SIG_IGN);
                  sigset_t all;
                  ::sigfillset(&all);
                  ::sigprocmask(SIG_BLOCK, &all, nullptr);
                  forget_inherited_signals();
                  const Result<int> status = status_of(child_that_ends_with(7));
                  return status && WEXITSTATUS(*status) == 7 ? 0 : 1;
              }),
              0);
    EXPECT_EQ(in_child([] {
                  ::signal(SIGALRM, SIG_IGN);
                  sigset_t all;
                  ::sigfillset(&all);
                  ::sigprocmask(SIG_BLOCK, &all, nullptr);
                  const pid_t child = ::fork();
                  if (child == 0) {
                      forget_inherited_signals();
                      ::alarm(1);
                      for (;;)
                          ::pause();
                  }
                  const Result<int> status = status_of(child, 20s);
                  return status && WIFSIGNALED(*status) && WTERMSIG(*status) == SIGALRM ? 0 : 1;
              }),
              0);
}

}  // namespace
}  // namespace secondstep::process
