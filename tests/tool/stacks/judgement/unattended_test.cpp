#include "stacks/judgement/unattended.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stacks/stack_of_text.h"

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

const std::map<std::string, std::string> files{
    {"common-account", "account required pam_secondstep.so\naccount required pam_unix.so\n"},
    {"cron", "@include common-account\n"},
    {"atd", "@include common-account\n"},
    {"systemd-user", "account include common-account\n"},
    {"samba", "auth required pam_unix.so\naccount required pam_unix.so\n"},
    {"sshd", "auth required pam_unix.so\n@include common-account\n"},
};

Remarks found(const std::string& config, std::map<std::string, std::string> changed = {}) {
    changed.insert(files.begin(), files.end());
    std::vector<Stack> services;
    for (const auto& [name, text] : changed)
        if (name != "common-account") services.push_back(secondstep::testing::stack_of(name, changed));
    const auto parsed = parse_config(config, "/etc/c.conf");
    EXPECT_TRUE(parsed) << parsed.error().detail;
    return unattended_findings(services, *parsed, "/etc/c.conf");
}

TEST(Unattended, WhoCannotBeAskedIsRefusedByARuleThatEnrolls) {
    const Remarks remarks = found("tries = 3\n\n[rule staff]\nusers = a*\naction = enroll\n");
    ASSERT_THAT(remarks, SizeIs(1)) << "one for all services of a rule";
    EXPECT_EQ(remarks[0].finding, Finding::asks_nobody);
    EXPECT_EQ(remarks[0].level, Remark::Level::warning);
    EXPECT_EQ(remarks[0].file, "/etc/c.conf");
    EXPECT_EQ(remarks[0].line, 3U);
    EXPECT_THAT(remarks[0].text,
                AllOf(HasSubstr("rule \"staff\""), HasSubstr("atd, cron, systemd-user have nobody to ask"),
                      HasSubstr("/p/common-account:1"), Not(HasSubstr("sshd")), Not(HasSubstr("samba"))));
    EXPECT_EQ(
        remarks[0].mend,
        "[rule jobs] with services = atd, cron, systemd-user and action = exempt, before the other rules");
    EXPECT_THAT(found("action = enroll\n")[0].text, HasSubstr("the default action makes people enroll"));
}

// What is printed is put in, and nothing is printed any more.
TEST(Unattended, TheRuleThatIsPrintedEndsIt) {
    const std::string jobs = "[rule jobs]\nservices = atd, cron, systemd-user\naction = exempt\n";
    EXPECT_THAT(found(jobs + "[rule staff]\naction = enroll\n"), IsEmpty());
    EXPECT_THAT(found("action = enroll\n" + jobs), IsEmpty());
    EXPECT_THAT(found("[rule staff]\naction = enroll\n" + jobs), SizeIs(1))
        << "behind it, it decides nothing";
    EXPECT_THAT(found("[rule some]\nusers = a*\nservices = atd, cron, systemd-user\naction = exempt\n"
                      "[rule staff]\naction = enroll\n"),
                SizeIs(1))
        << "for some people alone";
}

TEST(Unattended, ARuleAboutOtherServicesOrNetworksDoesNotReachThem) {
    EXPECT_THAT(found("[rule a]\nservices = sshd\naction = enroll\n"), IsEmpty());
    EXPECT_THAT(found("[rule a]\nnetworks = 192.0.2.0/24, local\naction = enroll\n"), IsEmpty());
    EXPECT_THAT(found("[rule a]\nservices = cron\naction = enroll\n"), SizeIs(1));
}

TEST(Unattended, NobodyIsRefusedWhereNobodyHasToEnroll) {
    for (const char* action : {"allow", "require", "exempt"})
        EXPECT_THAT(found(std::string("action = ") + action + "\n"), IsEmpty()) << action;
}

TEST(Unattended, NorWhereTheLineCannotRefuse) {
    EXPECT_THAT(
        found("action = enroll\n",
              {{"common-account", "account optional pam_secondstep.so\naccount required pam_unix.so\n"}}),
        IsEmpty());
    EXPECT_THAT(
        found("action = enroll\n",
              {{"common-account", "auth required pam_secondstep.so\naccount required pam_unix.so\n"}}),
        IsEmpty());
}

// The file of a service may have no account line at all.
TEST(Unattended, WhatOtherStandsInForCountsToo) {
    EXPECT_THAT(found("action = enroll\n", {{"runuser", "auth sufficient pam_rootok.so\n"},
                                            {"other", "@include common-account\n"}})[0]
                    .text,
                HasSubstr("runuser"));
}

}  // namespace

}  // namespace secondstep::tool
