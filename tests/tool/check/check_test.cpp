#include "check/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tool_world.h"

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

namespace fs = std::filesystem;

constexpr char good[] = "auth requisite pam_unix.so\nauth required pam_secondstep.so first_factor=passed\n";
constexpr char after_a_wrong_password[] = "auth required pam_unix.so\nauth required pam_secondstep.so\n";

// Directories of the test's own.
class Check : public ::testing::Test {
  protected:
    Check() {
        fs::create_directory(file("etc"));
        fs::create_directory(file("usr"));
    }

    [[nodiscard]] CheckRequest request() const {
        CheckRequest request(parse_config("", "c"), "c");
        request.pam_directories = {{.path = file("etc"), .named_by_call = true},
                                   {.path = file("usr"), .named_by_call = true}};
        request.sshds.front().config = {.path = file("sshd_config"), .named_by_call = true};
        return request;
    }
    void stack(const std::string& name, const std::string& text) const {
        secondstep::testing::write_file(file(name), text);
    }
    [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }

    secondstep::testing::TemporaryDirectory directory_;
};

TEST_F(Check, LooksAtServicesOfBothDirectories) {
    stack("usr/vendor", after_a_wrong_password);
    const CheckReport report = check(request());
    EXPECT_THAT(report.services, ElementsAre("vendor"));
    ASSERT_THAT(report.remarks, SizeIs(1));
    EXPECT_EQ(report.remarks[0].file, file("usr/vendor"));
}

TEST_F(Check, AServiceOfTheFirstDirectoryIsNotLookedForInTheSecond) {
    stack("usr/vendor", after_a_wrong_password);
    stack("etc/vendor", good);
    const CheckReport report = check(request());
    EXPECT_THAT(report.services, ElementsAre("vendor"));
    EXPECT_THAT(report.remarks, IsEmpty());
}

TEST_F(Check, ASecondDirectoryNeedNotBeThere) {
    stack("etc/sudo", good);
    fs::remove(file("usr"));
    EXPECT_THAT(check(request()).remarks, IsEmpty());
    fs::remove_all(file("etc"));
    ASSERT_THAT(check(request()).remarks, SizeIs(1));
    EXPECT_EQ(check(request()).remarks[0].finding, Finding::unreadable);
}

TEST_F(Check, JudgesAFileAsItWouldBe) {
    stack("etc/sudo", good);
    CheckRequest changed = request();
    changed.replaced = {.path = file("etc/sudo"), .text = after_a_wrong_password};
    EXPECT_FALSE(check(changed).is_content());
    EXPECT_TRUE(check(request()).is_content());
    changed.replaced->text.reset();
    EXPECT_THAT(check(changed).services, IsEmpty());
    changed.replaced = {.path = file("etc/new"), .text = good};
    EXPECT_THAT(check(changed).services, ElementsAre("new", "sudo"));
}

// A key may come before it, or not: a code that is enough where a password is asked for too is told all the same.
TEST_F(Check, OfAnSshdWhoseSettingsAreNotKnownACodeAloneIsTold) {
    const auto has = [](const CheckReport& report, Finding finding) {
        return std::ranges::find(report.remarks, finding, &Remark::finding) != report.remarks.end();
    };
    stack("etc/sshd-extern", "auth sufficient pam_secondstep.so\nauth required pam_unix.so\n");
    EXPECT_TRUE(has(check(request()), Finding::no_first_factor));
    stack("etc/sshd-extern",
          "auth [success=ok ignore=ignore default=die] pam_secondstep.so\nauth required pam_permit.so\n");
    EXPECT_FALSE(has(check(request()), Finding::no_first_factor)) << "that is a matter of its settings";
    EXPECT_TRUE(has(check(request()), Finding::unreadable)) << "which are not known";
}

TEST_F(Check, AFileAsItWouldBeCountsInWhateverIncludesIt) {
    stack("etc/common-auth", "auth requisite pam_unix.so\n");
    for (const char* service : {"etc/su", "etc/sudo"})
        stack(service, "@include common-auth\nauth required pam_secondstep.so\n");
    EXPECT_TRUE(check(request()).is_content());
    CheckRequest changed = request();
    changed.replaced = {.path = file("etc/common-auth"), .text = "auth required pam_unix.so\n"};
    const CheckReport report = check(changed);
    ASSERT_THAT(report.remarks, SizeIs(2)) << "each is mended in the file of its service";
    EXPECT_EQ(report.remarks[0].file, file("etc/common-auth"));
}

// By the name of its program, or its PAMServiceName.
TEST_F(Check, ASecondSshdIsJudgedByItsOwnSettingsOrNotAtAll) {
    stack("etc/sshd-extern",
          "auth required pam_secondstep.so first_factor=passed\nauth required pam_permit.so\n");
    stack("sshd_config",
          "UsePAM yes\nPermitRootLogin no\nAuthenticationMethods publickey,keyboard-interactive\n");
    const CheckReport unknown = check(request());
    EXPECT_FALSE(unknown.sshd);
    EXPECT_TRUE(std::ranges::any_of(unknown.remarks, [](const Remark& remark) {
        return remark.finding == Finding::unreadable &&
               remark.mend.find("--sshd-service sshd-extern") != std::string::npos;
    }));
    CheckRequest named = request();
    named.sshds.front().service = "sshd-extern";
    EXPECT_TRUE(check(named).sshd);
    stack("sshd_config", "PAMServiceName sshd-extern\nUsePAM no\n");
    EXPECT_TRUE(check(request()).sshd);
}

// libpam gives up before the line of the module is read.
TEST_F(Check, AStackThatDoesNotStartIsReportedIfItIsOurs) {
    const std::string broken = "@include gone\nauth required pam_unix.so\n";
    stack("etc/su", broken + good);
    const CheckReport ours = check(request());
    EXPECT_FALSE(ours.is_content());
    EXPECT_THAT(ours.services, ElementsAre("su"));
    EXPECT_TRUE(std::ranges::any_of(ours.remarks, [](const Remark& remark) {
        return remark.finding == Finding::nobody_gets_in &&
               remark.text.find("refuses to begin") != std::string::npos;
    }));
    stack("etc/su", broken);
    EXPECT_TRUE(check(request()).is_content()) << "of others nothing is said";
}

TEST_F(Check, AFileWithACapitalLetterIsNoService) {
    stack("etc/Su", after_a_wrong_password);
    EXPECT_THAT(check(request()).services, IsEmpty());
    stack("etc/sudo", "@include Su\n");
    EXPECT_THAT(check(request()).services, ElementsAre("sudo"));
}

TEST_F(Check, WithoutAConfigurationStacksAreJudgedByTheDefaults) {
    stack("etc/sudo", good);
    CheckRequest broken(parse_config("nonsense = 1\n", "c"), "c");
    broken.pam_directories = request().pam_directories;
    const CheckReport report = check(broken);
    EXPECT_THAT(report.services, ElementsAre("sudo"));
    ASSERT_THAT(report.remarks, SizeIs(1));
    EXPECT_EQ(report.remarks[0].finding, Finding::configuration);
}

}  // namespace

}  // namespace secondstep::tool
