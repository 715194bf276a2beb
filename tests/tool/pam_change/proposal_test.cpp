#include "pam_change/proposal.h"

#include <gmock/gmock.h>

#include "pam_change/stack_fixture.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::testing {

namespace {

using tool::Finding;
using tool::FirstStep;
using tool::Preview;
using tool::Remark;
using tool::Remarks;

Remark remark(const std::string& text, Remark::Level level = Remark::Level::error, unsigned line = 1) {
    return {.level = level,
            .file = "/pam/sshd",
            .line = line,
            .text = text,
            .now = {},
            .mend = {},
            .finding = Finding::no_code};
}

// check-config that finds `always`, and where the file has the module `then` as well.
Preview preview(const StackFixture& files, const Remarks& always = {}, const Remarks& then = {}) {
    return {.stack = [&files](const std::string& text) { return files.stack_with("sshd", text); },
            .check =
                [=](const std::string& text) {
                    Remarks all = always;
                    if (text.find("pam_secondstep") != std::string::npos)
                        all.insert(all.end(), then.begin(), then.end());
                    return all;
                }};
}

TEST(Proposal, AddsTheCodeOnEveryDistributionAndTakesItAwayToTheByte) {
    for (const auto& [name, files] : distributions()) {
        const std::string text = files.text("sshd");
        const auto added = propose_addition(text, FirstStep::password, preview(files));
        ASSERT_TRUE(added) << name << ": " << added.error().error.detail;
        EXPECT_THAT(added->text, HasSubstr("pam_secondstep.so")) << name;
        EXPECT_THAT(added->warnings, IsEmpty());
        const auto removed = propose_removal(added->text, preview(files));
        ASSERT_TRUE(removed) << name << ": " << removed.error().error.detail;
        EXPECT_EQ(removed->text, text) << name;
    }
}

TEST(Proposal, IsNoneWhereCheckConfigFindsANewError) {
    const StackFixture files = distributions().at("Debian");
    const auto added = propose_addition(files.text("sshd"), FirstStep::password,
                                        preview(files, {remark("old")}, {remark("old"), remark("new")}));
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().error.code, Errc::unsupported);
    EXPECT_THAT(added.error().remarks, ElementsAre(remark("new")));
}

TEST(Proposal, StandsWithErrorsThatWereThereAndShowsNewWarnings) {
    const StackFixture files = distributions().at("Debian");
    const auto warned = remark("careful", Remark::Level::warning);
    const auto added =
        propose_addition(files.text("sshd"), FirstStep::password,
                         preview(files, {remark("old")}, {remark("old", Remark::Level::error, 9), warned}));
    ASSERT_TRUE(added);
    EXPECT_THAT(added->warnings, ElementsAre(warned));
}

TEST(Proposal, IsNoneWhereTheCodeIsAskedForAlready) {
    StackFixture files;
    files.put("sshd", "auth requisite pam_unix.so\nauth required pam_secondstep.so first_factor=passed\n");
    const auto added = propose_addition(files.text("sshd"), FirstStep::password, preview(files));
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().error.code, Errc::exists);
}

TEST(Proposal, NeverMakesTheCodeTheOnlyStep) {
    StackFixture files;
    files.put("sshd", "auth required pam_permit.so\naccount required pam_permit.so\n");
    const auto added = propose_addition(files.text("sshd"), FirstStep::password, preview(files));
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().error.code, Errc::not_allowed);
}

TEST(Proposal, OfRemovalIsNoneWhereCheckConfigFindsANewErrorOrAJumpCounts) {
    StackFixture files;
    files.put("sshd",
              "auth requisite pam_unix.so\nauth required pam_secondstep.so\naccount required pam_unix.so\n");
    Preview without = preview(files);
    without.check = [](const std::string& text) {
        return text.find("pam_secondstep") == std::string::npos ? Remarks{remark("twin")} : Remarks{};
    };
    const auto removed = propose_removal(files.text("sshd"), without);
    ASSERT_FALSE(removed);
    EXPECT_THAT(removed.error().remarks, SizeIs(1));
    files.put("sshd", "auth [success=1 default=ignore] pam_unix.so\nauth required pam_secondstep.so\n");
    EXPECT_FALSE(propose_removal(files.text("sshd"), preview(files)));
}

}  // namespace

}  // namespace secondstep::testing
