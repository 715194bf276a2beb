#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/local_time.h"
#include "check/check.h"
#include "check/running_service.h"
#include "paths.h"
#include "tool_world.h"

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

constexpr char good[] = "auth requisite pam_unix.so\nauth required pam_secondstep.so first_factor=passed\n";

// A machine in a directory: its stacks are its own, its modules and programs those of the test.
class CheckOfAMachine : public ::testing::Test {
  protected:
    CheckOfAMachine() {
        fs::create_directories(file("security"));
        fs::create_directory(file("pam.d"));
        for (const char* name : {"pam_unix.so", "pam_permit.so"})
            write(std::string("security/") + name,
                  "\x7f"
                  "ELF"s);
        write("security/pam_secondstep.so",
              "\x7f"
              "ELF\0"s +
                  paths::version_mark);
        write("libpam",
              "\0/etc/pam.d/%s\0@include\0maximum level of substacks reached\0"s + file("security") + "\0"s);
        write("sudoers", "Defaults env_reset\n");
    }
    [[nodiscard]] CheckRequest request(const std::string& config = "") const {
        CheckRequest request(parse_config("socket = " + file("none") + "\n" + config, "c"), "c");
        request.pam_directories = {{.path = file("pam.d")}};
        request.sshds.clear();
        request.machine = {.libpam = file("libpam"),
                           .service_program = file("secondstepd"),
                           .sudo = {.program = file("sudo-program"), .sudoers = file("sudoers")}};
        return request;
    }
    [[nodiscard]] std::vector<std::string> findings(const std::string& config = "") const {
        std::vector<std::string> out;
        for (const Remark& remark : check(request(config)).remarks)
            out.emplace_back(to_text(remark.finding));
        return out;
    }
    void write(const std::string& name, const std::string& text) const {
        secondstep::testing::write_file(file(name), text);
    }
    [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }
    secondstep::testing::TemporaryDirectory directory_;
};

TEST_F(CheckOfAMachine, NothingIsWrongWhereEverythingIsThere) {
    write("pam.d/su", good);
    EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(CheckOfAMachine, SaysThatNobodyIsAskedYet) {
    write("pam.d/su", "auth required pam_unix.so\n");
    const CheckReport report = check(request());
    ASSERT_THAT(report.remarks, SizeIs(1));
    EXPECT_EQ(report.remarks[0].text, "nobody is asked for a code yet: no service has pam_secondstep");
    EXPECT_EQ(report.remarks[0].mend, "secondstep pam add SERVICE");
    EXPECT_TRUE(report.is_content()) << "a fresh installation is no mistake";
    write("pam.d/su", good);
    EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(CheckOfAMachine, ModulesThatItHasNotAreLookedForOnlyInStacksOfItsOwn) {
    write("pam.d/su", "auth required pam_tally2.so\n"s + good);
    EXPECT_THAT(findings(), Contains("module-missing"));
    CheckRequest named = request();
    named.pam_directories[0].named_by_call = true;
    for (const Remark& remark : check(named).remarks)
        EXPECT_NE(remark.finding, Finding::module_missing);
}

TEST_F(CheckOfAMachine, TheModulesVersionIsLookedAt) {
    write("pam.d/su", good);
    write("security/pam_secondstep.so",
          "\x7f"
          "ELF\0secondstep-version=0.0.1"s);
    EXPECT_THAT(findings(), Contains("module-version"));
}

TEST_F(CheckOfAMachine, AnotherLibpamReadsOtherwise) {
    write("pam.d/common", "auth requisite pam_unix.so\n");
    write("pam.d/sudo", "@include common\n"s + good);
    EXPECT_THAT(findings(), Not(Contains("broken-line")));
    write("libpam", "\0/etc/pam.d/%s\0maximum level of inclusions reached\0"s + file("security") + "\0"s);
    EXPECT_THAT(findings(), Contains("broken-line")) << "@include is Debian's";
    fs::remove(file("libpam"));
    EXPECT_THAT(findings(), Contains("unreadable"));
}

TEST_F(CheckOfAMachine, WhoseCodeSudoAsksForIsLookedAtWhereSudoAsksForOne) {
    write("sudoers", "Defaults targetpw\n");
    write("pam.d/sudo", good);
    EXPECT_THAT(findings(), Contains("somebody-elses-code"));
    write("pam.d/sudo", "auth required pam_unix.so\n");
    write("pam.d/su", good);
    EXPECT_THAT(findings(), Not(Contains("somebody-elses-code")));
    write("pam.d/sudo", good);
    fs::remove(file("sudoers"));
    EXPECT_THAT(findings(), Contains("unreadable"));
}

// Sudo knows what stands in a directory, and which lines are about this host.
TEST_F(CheckOfAMachine, SudoItselfIsBelievedWhereItCanBeAsked) {
    if (::geteuid() != 0) GTEST_SKIP() << "sudo tells root alone";
    write("pam.d/sudo", good);
    write("sudo-program",
          "#!/bin/sh\necho 'Sudoers path: /etc/sudoers'\n"
          "echo \"Prompt for root's password, not the users's\"\n");
    fs::permissions(file("sudo-program"), fs::perms::owner_all);
    EXPECT_THAT(findings(), Contains("somebody-elses-code"));
    write("sudoers", "Defaults targetpw\n");
    write("sudo-program", "#!/bin/sh\necho 'Sudoers path: /etc/sudoers'\n");
    EXPECT_THAT(findings(), Not(Contains("somebody-elses-code")));
    write("sudo-program", "#!/bin/sh\nexit 1\n");
    EXPECT_THAT(findings(), Contains("somebody-elses-code")) << "its files say so";
}

TEST_F(CheckOfAMachine, TwinsAndServicesThatAskNobodyNeedNoModuleToBeSeen) {
    write("pam.d/su", good);
    write("pam.d/su-l", "auth required pam_unix.so\n");
    EXPECT_THAT(findings(), Contains("twin-without-code"));
    write("pam.d/cron", "account required pam_secondstep.so\naccount required pam_permit.so\n");
    EXPECT_THAT(findings("action = enroll\n"), Contains("asks-nobody"));
    EXPECT_THAT(findings(), Not(Contains("asks-nobody")));
}

TEST_F(CheckOfAMachine, TheModuleInTheSessionPartIsFound) {
    write("pam.d/su", good + "session required pam_secondstep.so\n"s);
    EXPECT_THAT(findings(), Contains("part-without-use"));
}

TEST(RunningServiceRemarks, TheServiceGoesByAnOlderTextOrIsAnOlderProgram) {
    Config config;
    config.fingerprint = "1";
    EXPECT_THAT(running_service_remarks({paths::version, "1", never}, config, "c"), IsEmpty());
    const Remarks older = running_service_remarks({paths::version, "2", never}, config, "c");
    ASSERT_THAT(older, SizeIs(1));
    EXPECT_THAT(older[0].mend, HasSubstr("systemctl reload secondstepd"));
    EXPECT_EQ(older[0].finding, Finding::service_settings);
    EXPECT_THAT(older[0].text, HasSubstr("an older configuration"));
    const UnixTime read = from_unix(1'800'000'000);
    EXPECT_THAT(running_service_remarks({paths::version, "2", read}, config, "c").at(0).text,
                HasSubstr("the configuration of " + local_minute(read) + ":"));
    EXPECT_EQ(running_service_remarks({"0.0.1", "1", never}, config, "c").at(0).mend,
              "systemctl restart secondstepd; without systemd end secondstepd and start it as root");
}

}  // namespace

}  // namespace secondstep::tool
