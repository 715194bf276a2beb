#include "stacks/judgement/trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "stacks/stack_of_text.h"

namespace secondstep::tool {

namespace {

using testing::stack_of;
using Files = std::map<std::string, std::string>;

Edit line(const std::string& file, unsigned number, const std::string& text) {
    return {
        .kind = Edit::Kind::replace, .file = "/p/" + file, .first = number, .last = number, .lines = {text}};
}

// Whether this edit ends the first fault of /x.
bool ends(const Files& files, const Edit& edit, const Neighbours& neighbours = {}) {
    const Stack stack = stack_of("x", files);
    const Config config;
    const Trial trial(stack, config, BeforeStack::nothing, neighbours);
    EXPECT_FALSE(trial.faults().empty());
    return !trial.faults().empty() && trial.ends(trial.faults().front(), {edit});
}

const std::string code_line =
    "auth [success=ok ignore=ignore default=die] pam_secondstep.so first_factor=passed\n";

TEST(Trial, OfWhatEndsTheFaultAndKeepsEverybody) {
    const Files files{{"x", "auth required pam_unix.so\n" + code_line}};
    EXPECT_TRUE(ends(files, line("x", 1, "auth requisite pam_unix.so")));
    EXPECT_FALSE(ends(files, line("x", 1, "auth required pam_unix.so nullok"))) << "the fault is still there";
    EXPECT_FALSE(ends(files, line("x", 1, "auth sufficient pam_unix.so"))) << "a new one";
    EXPECT_FALSE(ends(files, line("x", 1, "auth requisit pam_unix.so"))) << "cannot be read";
    EXPECT_FALSE(ends(files, line("x", 1, "auth requisite pam_deny.so"))) << "nobody gets in";
}

// Each of the people whom one directory alone knows.
TEST(Trial, NobodyOfADirectoryIsLost) {
    const Files files{
        {"x", "auth sufficient pam_unix.so\nauth required pam_sss.so use_first_pass\n" + code_line}};
    EXPECT_FALSE(ends(files, line("x", 1, "auth [success=ok default=die] pam_unix.so")));
}

// A lock on a network stays one, though without it more people would get in.
TEST(Trial, NobodyIsLetInWhoWasRefused) {
    const Files files{
        {"x", "account required pam_unix.so\nauth requisite pam_access.so\nauth required pam_unix.so\n" +
                  code_line}};
    EXPECT_TRUE(ends(files, line("x", 3, "auth requisite pam_unix.so")));
    const Edit both{.kind = Edit::Kind::replace,
                    .file = "/p/x",
                    .first = 2,
                    .last = 3,
                    .lines = {"auth requisite pam_unix.so"}};
    EXPECT_FALSE(ends(files, both));
}

TEST(Trial, AServiceThatHasTheSameFileLosesNobody) {
    const Files files{{"common", "auth required pam_unix.so\n"},
                      {"x", "auth include common\n" + code_line},
                      {"y", "auth include common\nauth sufficient pam_sss.so\n"}};
    const Edit edit = line("common", 1, "auth requisite pam_unix.so");
    EXPECT_TRUE(ends(files, edit));
    EXPECT_TRUE(ends(files, edit, {{stack_of("y", files), BeforeStack::nothing}}));
    Files optional = files;
    optional["common"] = "auth optional pam_unix.so\n";
    EXPECT_TRUE(ends(optional, edit));
    EXPECT_FALSE(ends(optional, edit, {{stack_of("y", optional), BeforeStack::nothing}}))
        << "in y somebody whom pam_sss alone knows";
}

}  // namespace

}  // namespace secondstep::tool
