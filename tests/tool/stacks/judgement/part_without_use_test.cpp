#include "stacks/judgement/part_without_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stacks/stack_of_text.h"

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

const std::string good = "auth requisite pam_unix.so\nauth required pam_secondstep.so first_factor=passed\n";

Remarks found(const std::string& more) {
    return parts_without_use(secondstep::testing::stack_of("sshd", {{"sshd", good + more}}));
}

TEST(PartWithoutUse, TheModuleInTheSessionPartClosesEveryLogin) {
    const Remarks remarks = found("session required pam_secondstep.so\nsession required pam_limits.so\n");
    ASSERT_THAT(remarks, SizeIs(1));
    EXPECT_EQ(remarks[0].level, Remark::Level::error);
    EXPECT_EQ(remarks[0].finding, Finding::part_without_use);
    EXPECT_EQ(remarks[0].line, 3U);
    EXPECT_THAT(remarks[0].text, HasSubstr("after the password and the code were accepted and used up"));
    ASSERT_THAT(remarks[0].edits, SizeIs(1));
    const Edit expected{.kind = Edit::Kind::remove, .file = "/p/sshd", .first = 3, .last = 3, .lines = {}};
    EXPECT_EQ(remarks[0].edits[0], expected);
}

TEST(PartWithoutUse, InThePasswordPartNobodyChangesAPassword) {
    const Remarks remarks = found("password requisite pam_secondstep.so\npassword required pam_unix.so\n");
    ASSERT_THAT(remarks, SizeIs(1));
    EXPECT_EQ(remarks[0].level, Remark::Level::error);
    EXPECT_THAT(remarks[0].text, HasSubstr("nobody can change a password"));
}

TEST(PartWithoutUse, AnOptionalLineOnlyComplains) {
    const Remarks remarks = found("session optional pam_secondstep.so\nsession required pam_limits.so\n");
    ASSERT_THAT(remarks, SizeIs(1));
    EXPECT_EQ(remarks[0].level, Remark::Level::warning);
    EXPECT_EQ(found("session optional pam_secondstep.so\n").front().level, Remark::Level::error)
        << "alone it decides";
}

TEST(PartWithoutUse, ALineOfSeveralLinesGoesAsAWhole) {
    const Remarks remarks =
        found("session required \\\n  pam_secondstep.so\nsession required pam_limits.so\n");
    ASSERT_THAT(remarks, SizeIs(1));
    EXPECT_EQ(remarks[0].edits.at(0).first, 3U);
    EXPECT_EQ(remarks[0].edits.at(0).last, 4U);
}

TEST(PartWithoutUse, AuthAndAccountAreItsParts) {
    EXPECT_THAT(found("account required pam_secondstep.so\nsession required pam_limits.so\n"), IsEmpty());
}

}  // namespace

}  // namespace secondstep::tool
