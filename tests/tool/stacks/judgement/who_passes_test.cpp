#include "stacks/judgement/who_passes.h"

#include <gtest/gtest.h>

#include "stacks/stack_of_text.h"

namespace secondstep::tool {

namespace {

std::optional<bool> passes(const std::string& text) {
    return somebody_passes(secondstep::testing::stack_of("s", {{"s", text}}).of(Facility::auth), sure_answer);
}

TEST(WhoPasses, SomebodyDoesIfSomeAnswersEndInSuccess) {
    EXPECT_EQ(passes("auth required pam_unix.so\n"), true);
    EXPECT_EQ(passes("auth sufficient pam_unix.so\nauth required pam_deny.so\n"), true);
    EXPECT_EQ(passes("auth [auth_err=ok default=die] pam_x.so\nauth required pam_permit.so\n"), false)
        << "ok of a failure is a failure";
    EXPECT_EQ(passes("auth [success=die auth_err=ignore] pam_x.so\nauth required pam_permit.so\n"), true);
}

TEST(WhoPasses, NobodyDoesWhereEveryWayEndsInARefusal) {
    EXPECT_EQ(passes("auth required pam_unix.so\nauth required pam_deny.so\n"), false);
    EXPECT_EQ(passes("auth optional pam_deny.so\n"), false);
    EXPECT_EQ(passes("auth [success=1 default=ignore] pam_unix.so\nauth required pam_permit.so\n"
                     "auth requisite pam_deny.so\n"),
              false);
}

// The jump goes over the refusal only if the first line answers what is not tried first.
TEST(WhoPasses, EveryWayIsWalked) {
    EXPECT_EQ(passes("auth [default=1 auth_err=ignore] pam_a.so\nauth [default=ignore] pam_b.so\n"
                     "auth [default=1 ignore=ignore] pam_c.so\nauth requisite pam_deny.so\n"
                     "auth [default=bad success=ok] pam_d.so\n"),
              true);
}

TEST(WhoPasses, WhatHasTooManyWaysCannotBeTold) {
    std::string text;
    for (int i = 0; i < 12; ++i)
        text += "auth [default=ignore] pam_x.so\n";
    EXPECT_EQ(passes(text + "auth requisite pam_deny.so\n"), std::nullopt);
}

TEST(WhoPasses, AModuleThatIsMissingAnswersAsLibpamDoes) {
    auto lines =
        secondstep::testing::stack_of("s", {{"s", "auth required pam_unix.so\n"}}).of(Facility::auth);
    EXPECT_EQ(somebody_passes(lines, sure_answer), true);
    lines.front().is_missing = true;
    EXPECT_EQ(somebody_passes(lines, sure_answer), false);
}

}  // namespace

}  // namespace secondstep::tool
