// The process that does the work cannot be started, or nobody can say how it ended: said, and over.
#include <gmock/gmock.h>

#include "tool_world.h"

using ::testing::HasSubstr;

namespace secondstep::testing {

namespace {

constexpr char strace[] = "/usr/bin/strace";

class Waiting : public ToolWorld {
  protected:
    Waiting() { set_up(); }
    // `call` fails in the tool's own process, not in its child.
    Finished while_failing(const std::string& call, const std::string& error) {
        std::vector<std::string> all{strace, "-o", "/dev/null", "-e", "inject=" + call + ":error=" + error};
        for (const std::string& word : words({"status"}))
            all.push_back(word);
        return run_program(all);
    }
};

// `trap '' CHLD; exec secondstep ...`: the kernel forgets how the child ended, and waits no longer for
// anybody who asks.
TEST_F(Waiting, EndsUnderAParentThatIgnoresItsChildren) {
    std::vector<std::string> all{"/bin/bash", "-c", "trap '' CHLD; exec \"$@\"", "sh"};
    for (const std::string& word : words({"status"}))
        all.push_back(word);
    EXPECT_EQ(run_program(all).status, 0);
}

TEST_F(Waiting, SaysThatNoProcessCanBeStarted) {
    if (!have_program("strace")) GTEST_SKIP() << "needs strace";
    const Finished done = while_failing("clone,clone3,fork,vfork", "EAGAIN");
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err, HasSubstr("cannot be started: Resource temporarily unavailable"));
}

TEST_F(Waiting, EndsWhenNobodyCanSayHowTheChildEnded) {
    if (!have_program("strace")) GTEST_SKIP() << "needs strace";
    const Finished done = while_failing("wait4", "ECHILD");
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err, HasSubstr("waiting for the process that does the work: No child processes"));
}

}  // namespace

}  // namespace secondstep::testing
