#include "stacks/judgement/missing_modules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "stacks/stack_of_text.h"

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

const std::string code =
    "auth [success=ok ignore=ignore default=die] pam_secondstep.so first_factor=passed\n";
const std::string unix_and_code = "auth requisite pam_unix.so\n" + code;

Remarks found(const std::string& text, const std::set<std::string>& missing) {
    Stack stack = secondstep::testing::stack_of("s", {{"s", text}});
    for (StackLine& line : stack.lines)
        line.is_missing = missing.contains(line.module);
    return missing_modules(stack);
}

TEST(MissingModules, OneThatClosesTheStackIsAnError) {
    const std::string text = "auth requisite pam_unix.so\nauth required pam_tally2.so deny=5\n" + code;
    const Remarks remarks = found(text, {"pam_tally2"});
    ASSERT_THAT(remarks, SizeIs(1));
    EXPECT_EQ(remarks[0].finding, Finding::module_missing);
    EXPECT_EQ(remarks[0].level, Remark::Level::error);
    EXPECT_EQ(remarks[0].line, 2U);
    EXPECT_EQ(remarks[0].text, "this machine has no module pam_tally2.so: nobody gets in");
    EXPECT_THAT(found(text, {}), IsEmpty());
}

TEST(MissingModules, OneThatDoesNotCloseItIsAWarningUnlessItMayBeMissing) {
    EXPECT_EQ(found("auth optional pam_x.so\n" + unix_and_code, {"pam_x"}).at(0).level,
              Remark::Level::warning);
    EXPECT_THAT(found("-auth optional pam_x.so\n" + unix_and_code, {"pam_x"}), IsEmpty());
    EXPECT_EQ(found("-auth required pam_x.so\n" + unix_and_code, {"pam_x"}).at(0).level, Remark::Level::error)
        << "\"-\" keeps libpam from complaining, and nothing else";
}

TEST(MissingModules, EachLineIsJudgedByItself) {
    const Remarks remarks =
        found("auth optional pam_x.so\nauth required pam_y.so\n" + unix_and_code, {"pam_x", "pam_y"});
    ASSERT_THAT(remarks, SizeIs(2));
    EXPECT_EQ(remarks[0].level, Remark::Level::warning);
    EXPECT_EQ(remarks[1].level, Remark::Level::error);
}

// What would refuse if it could be asked refuses here too.
TEST(MissingModules, ADenyBehindIsNoWayIn) {
    const Remarks remarks = found(
        "auth sufficient pam_x.so\nauth required pam_deny.so\n"
        "account required pam_secondstep.so\n",
        {"pam_x"});
    ASSERT_THAT(remarks, SizeIs(1));
    EXPECT_EQ(remarks[0].level, Remark::Level::error);
}

TEST(MissingModules, OfEachPartItSaysWhatItCosts) {
    EXPECT_THAT(found(unix_and_code + "session required pam_x.so\n", {"pam_x"}).at(0).text,
                HasSubstr("every login is closed here, after it was accepted"));
    EXPECT_THAT(found(unix_and_code + "password required pam_x.so\n", {"pam_x"}).at(0).text,
                HasSubstr("nobody can change a password"));
    EXPECT_THAT(found(unix_and_code + "-session optional pam_systemd.so\nsession required pam_limits.so\n",
                      {"pam_systemd"}),
                IsEmpty());
}

// Mistyped, ours asks nobody, or closes the stack.
TEST(MissingModules, OurOwnIsLookedForUnderAMistypedNameToo) {
    const std::string lets_in = "auth requisite pam_unix.so\nauth optional pam_secondstp.so\n";
    const Remarks remarks = found(lets_in, {"pam_secondstp"});
    ASSERT_THAT(remarks, SizeIs(1));
    EXPECT_EQ(remarks[0].level, Remark::Level::error);
    EXPECT_THAT(remarks[0].text, HasSubstr("nobody is asked for a code by this line"));
    EXPECT_EQ(remarks[0].mend, "pam_secondstep.so in place of pam_secondstp.so");
    EXPECT_THAT(found(unix_and_code, {"pam_secondstep"}).at(0).text, HasSubstr("nobody gets in"));
    EXPECT_EQ(found("auth requisite pam_unix.so\nauth required /opt/pam_secondstep.so\n", {"pam_secondstep"})
                  .at(0)
                  .mend,
              "pam_secondstep.so, without a path, or install the module again");
}

TEST(MissingModules, OfStacksWithoutOursNothingElseIsSaid) {
    EXPECT_THAT(found("auth required pam_tally2.so\n", {"pam_tally2"}), IsEmpty());
    EXPECT_THAT(found("auth required pam_succeed_if.so\n", {"pam_succeed_if"}), IsEmpty());
}

}  // namespace

}  // namespace secondstep::tool
