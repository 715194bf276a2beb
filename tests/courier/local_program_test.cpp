#include "courier/local_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "support/child_process.h"
#include "support/temporary_directory.h"

namespace secondstep::courier {
namespace {

using namespace std::chrono_literals;
using delivery::Cause;
using delivery::DeliveryOutcome;
using ::testing::HasSubstr;

class LocalProgramTest : public ::testing::Test {
  protected:
    // What a shell script would do that gets the input and the arguments; $0 is its directory.
    delivery::Report run(const std::string& script, std::string_view input = {},
                         const std::vector<std::string>& arguments = {},
                         std::chrono::milliseconds limit = 10s) {
        std::vector<Secret> words;
        for (const std::string& word : {std::string("/bin/sh"), std::string("-c"), script, directory_.path()})
            words.push_back(Secret::copy_of(word));
        for (const std::string& word : arguments)
            words.push_back(Secret::copy_of(word));
        return run_program(words, input, {}, limit);
    }
    std::string content(const std::string& name) {
        std::ifstream in(directory_.file(name));
        std::stringstream text;
        text << in.rdbuf();
        return text.str();
    }
    testing::TemporaryDirectory directory_;
};

TEST_F(LocalProgramTest, GetsItsInputAndItsArgumentsAsTheyAre) {
    const std::string input(200000, 'x');
    const auto report =
        run("cat >\"$0/in\"; printf '%s|' \"$@\" >\"$0/args\"", input, {"a b", "$(id)", "", "-x;y"});
    EXPECT_EQ(report.outcome, DeliveryOutcome::sent) << report.detail;
    EXPECT_EQ(content("in"), input);
    EXPECT_EQ(content("args"), "a b|$(id)||-x;y|");
}

TEST_F(LocalProgramTest, SeesNothingOfOurEnvironment) {
    ::setenv("LD_PRELOAD_OF_A_TEST", "x", 1);  // NOLINT(concurrency-mt-unsafe): one thread
    EXPECT_EQ(run("env >\"$0/env\"").outcome, DeliveryOutcome::sent);
    ::unsetenv("LD_PRELOAD_OF_A_TEST");  // NOLINT(concurrency-mt-unsafe)
    EXPECT_THAT(content("env"), ::testing::Not(HasSubstr("LD_PRELOAD_OF_A_TEST")));
    EXPECT_THAT(content("env"), HasSubstr("PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"));
}

TEST_F(LocalProgramTest, ReportsHowItEnded) {
    EXPECT_EQ(run("exit 75").outcome, DeliveryOutcome::deferred);
    EXPECT_EQ(run("exit 67").cause, Cause::recipient);
    EXPECT_EQ(run("exit 1").cause, Cause::program);
    EXPECT_EQ(run("kill -TERM $$").cause, Cause::program);
    EXPECT_EQ(run("echo one; echo two >&2; exit 3").detail, "exit status 3: two");
    EXPECT_EQ(run("printf 'a\\033[2Jb\\377'; exit 3").detail, "exit status 3: a?[2Jb?");
    EXPECT_EQ(run("echo 'message for +49151 has id=17'").detail, "id 17");
}

TEST_F(LocalProgramTest, ReportsThatItCannotBeStarted) {
    std::vector<Secret> words;
    words.push_back(Secret::copy_of(directory_.file("absent")));
    const auto report = run_program(words, "x", {});
    EXPECT_EQ(report.cause, Cause::misconfigured);
    EXPECT_THAT(report.detail, HasSubstr("No such file"));
}

TEST_F(LocalProgramTest, NeedNotReadItsInput) {
    EXPECT_EQ(run("exec <&-; exit 0", std::string(200000, 'x')).outcome, DeliveryOutcome::sent);
}

TEST_F(LocalProgramTest, IsKilledWithItsChildrenWhenItHangs) {
    const auto began = std::chrono::steady_clock::now();
    const auto report = run(
        "mkfifo \"$0/end\"; sh -c 'exec 3>\"$0/end\"; sleep 1000' \"$0\" & cat \"$0/end\"", "", {}, 300ms);
    EXPECT_EQ(report.cause, Cause::program);
    EXPECT_THAT(report.detail, HasSubstr("did not end in time"));
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    // Had the grandchild lived, the fifo had a writer and this would wait for it.
    const int fd = ::open(directory_.file("end").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    char byte{};
    ssize_t got = -1;
    for (int i = 0; i < 1000000 && (got = ::read(fd, &byte, 1)) < 0; ++i) {
    }
    EXPECT_EQ(got, 0) << "a child of it still holds the fifo";
    ::close(fd);
}

TEST_F(LocalProgramTest, MayLeaveSomethingInTheBackgroundAfterAGoodEnd) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(run("(read x <\"$0/none\" 2>/dev/null; sleep 3) & exit 0").outcome, DeliveryOutcome::sent);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2s) << "its open output was waited for";
}

TEST_F(LocalProgramTest, MayPrintWithoutEnd) {
    EXPECT_EQ(run("yes | head -c 3000000; exit 0").outcome, DeliveryOutcome::sent);
}

// Who started the courier had SIGCHLD ignored: nobody can say whether the message was
// taken, so it was not sent.
TEST_F(LocalProgramTest, IsNotSentWhenNobodyCanSayHowItEnded) {
    EXPECT_EQ(testing::status_in_child([&] {
                  ::signal(SIGCHLD, SIG_IGN);
                  const auto report = run("exit 1");
                  return report.outcome == DeliveryOutcome::failed && report.cause == Cause::program ? 0 : 1;
              }),
              0);
}

}  // namespace
}  // namespace secondstep::courier
