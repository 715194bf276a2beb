#include <gmock/gmock.h>

#include <filesystem>

#include "parts/part.h"
#include "tool_world.h"

using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace secondstep::testing {

namespace {

namespace fs = std::filesystem;

// Without `setup`: check-config needs no store, no service and no privileges.
class CheckConfig : public ToolWorld {
  protected:
    CheckConfig() {
        fs::create_directory(file("pam.d"));
        // Debian's, without its comments.
        stack("common-auth",
              "auth [success=1 default=ignore] pam_unix.so nullok\nauth requisite pam_deny.so\n"
              "auth required pam_permit.so\n");
        stack("common-account",
              "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
              "account requisite pam_deny.so\naccount required pam_permit.so\n");
        for (const char* name : {"common-session", "common-session-noninteractive"})
            stack(name, "session required pam_unix.so\n");
        stack("common-password", "password required pam_unix.so\n");
        write_file(file("sshd_config"),
                   "UsePAM yes\nPermitRootLogin no\nAuthenticationMethods publickey,keyboard-interactive\n");
    }

    void stack(const std::string& name, const std::string& text) { write_file(file("pam.d/" + name), text); }

    [[nodiscard]] std::vector<std::string> words(std::vector<std::string> more) const {
        std::vector<std::string> all{"check-config", "--pam-dir", file("pam.d"), "--sshd-config",
                                     file("sshd_config")};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] Finished check(const std::vector<std::string>& more = {}) const {
        return tool(words(more));
    }
};

const std::string good_stack =
    "auth requisite pam_unix.so\nauth required pam_secondstep.so first_factor=passed\n"
    "account required pam_unix.so\n";

// The stacks of a distribution with our examples in place of its own. Of sshd's there are several; the first part of
// a name is the service, but su-l's.
TEST_F(CheckConfig, TheShippedExamplesAreClean) {
    for (const auto& [family, services, least] : {std::tuple{"debian", "debian", 8U},
                                                  {"rhel", "rhel9", 6U},
                                                  {"opensuse", "opensuse", 6U},
                                                  {"arch", "arch", 6U}}) {
        const fs::path examples = fs::path(SECONDSTEP_SOURCE_DIR "/etc/pam.d") / family;
        std::size_t count = 0;
        for (const auto& entry : fs::directory_iterator(examples)) {
            const std::string example = entry.path().filename();
            const std::string service = example.starts_with("sshd") ? "sshd" : example;
            fs::remove_all(file("pam.d"));
            fs::copy(fs::path(SECONDSTEP_SOURCE_DIR "/tests/data/services") / services, file("pam.d"));
            // It includes login, and has no account part: a finding of its own.
            fs::remove(file("pam.d/swaylock"));
            stack(service, content_of(entry.path()));
            // A twin has its example too.
            for (const char* twin : {"su", "su-l"})
                if (service.starts_with("su") && service != "sudo" && fs::exists(examples / twin))
                    stack(twin, content_of(examples / twin));
            // Of these the example is the same.
            for (const auto& [one, other] : {std::pair{"sudo", "sudo-i"}, {"login", "remote"}})
                if (service == one && fs::exists(file("pam.d/" + std::string(other))))
                    stack(other, content_of(entry.path()));
            const auto answer = json(words({}));
            EXPECT_THAT(answer["findings"], IsEmpty()) << family << "/" << example;
            EXPECT_THAT(answer["checked"]["stacks"], Contains(service)) << family << "/" << example;
            ++count;
        }
        EXPECT_GE(count, least) << family;
    }
}

// Some show a key, some type a password, and backup has a key alone.
TEST_F(CheckConfig, TheShippedExampleOfAMixedSiteIsClean) {
    // Its groups are none of this machine: somebody stands for their members.
    write_file(file("sshd_config"), content_of(SECONDSTEP_SOURCE_DIR "/etc/ssh/mixed.conf"));
    stack("sshd", content_of(SECONDSTEP_SOURCE_DIR "/etc/pam.d/debian/sshd-mixed"));
    const auto answer = json(words({}));
    EXPECT_THAT(answer["findings"], IsEmpty());
    EXPECT_THAT(answer["checked"]["stacks"], ElementsAre("sshd"));
    // With the stack for keys the code of those who type a password would be alone.
    stack("sshd", content_of(SECONDSTEP_SOURCE_DIR "/etc/pam.d/debian/sshd-publickey-and-code"));
    const Finished done = check();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("people get in with a code alone"));
}

// Its first member will get in so.
TEST_F(CheckConfig, AGroupThatNobodyIsInYetIsLookedAtToo) {
    stack("sshd", content_of(SECONDSTEP_SOURCE_DIR "/etc/pam.d/debian/sshd-publickey-and-code"));
    const std::string keys =
        "UsePAM yes\nPermitRootLogin no\nAuthenticationMethods publickey,keyboard-interactive\n";
    for (const char* group : {"nobody-has-this-group", "no-such-*"}) {
        write_file(file("sshd_config"),
                   keys + "Match Group " + group + "\nAuthenticationMethods keyboard-interactive\n");
        const Finished done = check();
        EXPECT_EQ(done.status, 1);
        EXPECT_THAT(done.out, HasSubstr("people get in with a code alone"));
    }
    write_file(file("sshd_config"), keys + "Match Group nobody-has-this-group\nX11Forwarding no\n");
    EXPECT_EQ(check().status, 0);
}

TEST_F(CheckConfig, TheShippedExampleForKeysNeedsTheKey) {
    stack("sshd", content_of(SECONDSTEP_SOURCE_DIR "/etc/pam.d/debian/sshd-publickey-and-code"));
    write_file(file("sshd_config"), "UsePAM yes\n");
    const Finished done = check();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("people get in with a code alone"));
}

// What pam-auth-update makes of etc/pam-configs/secondstep.
TEST_F(CheckConfig, TheProfileOfPamAuthUpdateIsClean) {
    const std::string profile = content_of(SECONDSTEP_SOURCE_DIR "/etc/pam-configs/secondstep");
    const std::string line = profile.substr(profile.find('[', profile.find("Auth:")));
    stack("common-auth", content_of(file("pam.d/common-auth")) + "auth " + line);
    for (const char* service : {"login", "sshd", "sudo"})
        stack(service, "@include common-auth\n@include common-account\n");
    const auto answer = json(words({}));
    EXPECT_THAT(answer["findings"], IsEmpty());
    EXPECT_THAT(answer["checked"]["stacks"], ElementsAre("login", "sshd", "sudo"));
}

TEST_F(CheckConfig, SaysFileLineAndMend) {
    stack("sudo", "# mine\nauth required pam_unix.so\nauth required pam_secondstep.so\n");
    const Finished done = check();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr(file("pam.d/sudo") + ":2: error: "));
    EXPECT_THAT(done.out, HasSubstr("\n    now   auth required pam_unix.so\n"
                                    "    mend  auth [success=ok default=die] pam_unix.so\n"));
    EXPECT_THAT(done.out, HasSubstr("\nChecked: configuration, 1 PAM stack. 1 error, 0 warnings.\n"));
}

TEST_F(CheckConfig, WarningsAloneAreNoFailure) {
    stack("sshd", good_stack);
    write_file(file("sshd_config"), "UsePAM yes\nPermitRootLogin no\nMatch User robot\nX11Forwarding no\n");
    const Finished done = check();
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, HasSubstr("warning: who has a public key"));
    EXPECT_THAT(
        done.out,
        ContainsRegex(
            "Checked: configuration, 1 PAM stack, sshd( \\(by its file\\))?. 0 errors, 1 warning.\n"));
}

TEST_F(CheckConfig, LooksAtSshdOnlyWhereItAsksForACode) {
    stack("sshd", "@include common-auth\n@include common-account\n");
    write_file(file("sshd_config"), "UsePAM no\n");
    EXPECT_THAT(check().out, HasSubstr("0 PAM stacks. 0 errors, 1 warning."));
    stack("sshd", good_stack);
    EXPECT_THAT(check().out, HasSubstr("sshd does not use PAM"));
    fs::remove(file("sshd_config"));
    EXPECT_THAT(check().out, HasSubstr("the settings of sshd were not checked"));
}

TEST_F(CheckConfig, SaysTheSameOfAnIncludedFileOnce) {
    stack("common-auth", "auth required pam_unix.so\nauth required pam_secondstep.so\n");
    for (const char* service : {"login", "sudo", "su"})
        stack(service, "@include common-auth\n@include common-account\n");
    const Finished done = check({"--json"});
    const auto answer = nlohmann::json::parse(done.out);
    EXPECT_EQ(answer["errors"], 1);
    EXPECT_EQ(answer["findings"][0]["file"], file("pam.d/common-auth"));
    EXPECT_EQ(answer["findings"][0]["line"], 1);
    EXPECT_THAT(answer["checked"]["stacks"], ElementsAre("login", "su", "sudo"));
}

TEST_F(CheckConfig, LeavesOutWhatPackageManagersAndEditorsLeaveBehind) {
    for (const char* name : {"sudo.dpkg-old", "sudo~", ".sudo.swp", "sudo.bak"})
        stack(name, "auth required pam_unix.so\nauth required pam_secondstep.so\n");
    EXPECT_THAT(check().out, HasSubstr("0 PAM stacks"));
}

TEST_F(CheckConfig, ReportsEveryMistakeInTheConfiguration) {
    write_config("tries = 99\nnonsense = 1\n");
    const Finished done = check();
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr(file("secondstep.conf") + ":9: error: tries: not a number"));
    EXPECT_THAT(done.out, HasSubstr(file("secondstep.conf") + ":10: error: unknown option"));
    EXPECT_THAT(done.out, HasSubstr("2 errors"));
    fs::remove(file("secondstep.conf"));
    EXPECT_THAT(check().out, HasSubstr("    mend  secondstep setup\n"));
}

TEST_F(CheckConfig, MissesTheCourierWhereItIsNeeded) {
    if (tool::is_installed(tool::Part::courier)) GTEST_SKIP() << "it is installed here";
    write_config("methods = totp, sms\n");
    const Finished codes = check();
    EXPECT_EQ(codes.status, 1);
    EXPECT_THAT(
        codes.out,
        HasSubstr(": error: the configuration has codes sent by SMS, and the courier is not installed"));
    EXPECT_THAT(codes.out, HasSubstr("    mend  " + tool::how_to_install(tool::Part::courier) + "\n"));
    write_config("notify_address = {user}@example.com\n");
    const Finished notices = check();
    EXPECT_EQ(notices.status, 0) << "they keep nobody out";
    EXPECT_THAT(notices.out,
                HasSubstr(": warning: the configuration has notices sent, and the courier is not installed"));
    write_config("methods = totp, hotp\n");
    EXPECT_THAT(check().out, Not(HasSubstr("courier")));
}

TEST_F(CheckConfig, ACandidateCountsInThePlaceOfTheInstalledFile) {
    write_config("tries = 99\n");
    write_file(file("candidate"), "tries = 2\n");
    EXPECT_EQ(check({"--file", file("candidate")}).status, 0);
    write_file(file("candidate"), "tries = 2\n[rule a]\naction = perhaps\n");
    const Finished done = check({"--file", file("candidate")});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr(file("candidate") + ":3: error: action: not one of"));
    EXPECT_EQ(check({"--file", file("absent")}).status, 2);
}

TEST_F(CheckConfig, ACandidateIsJudgedTogetherWithConfD) {
    fs::create_directory(file("conf.d"));
    write_file(file("conf.d/a.conf"), "tries = 4\n");
    write_file(file("candidate"), "tries = 2\n");
    EXPECT_THAT(check({"--file", file("candidate")}).out,
                HasSubstr("this option is there already, at " + file("candidate") + ":1"));
    write_file(file("candidate"), "window = 2\n");
    EXPECT_EQ(check({"--file", file("candidate")}).status, 0);
}

TEST_F(CheckConfig, ACandidatesRulesDecideAboutStacksAndSshd) {
    stack("sshd", good_stack);
    write_file(file("candidate"), "[rule staff]\naction = enroll\n");
    const Finished done = check({"--file", file("candidate")});
    EXPECT_THAT(done.out, HasSubstr("nobody can enroll here as rule \"staff\""));
    EXPECT_THAT(done.out, HasSubstr("LoginGraceTime is 120 s (default), too short"));
    EXPECT_THAT(check().out, Not(HasSubstr("enroll")));
}

TEST_F(CheckConfig, RememberingNeedsAStackThatVouchesForTheFirstFactor) {
    write_config("[rule a]\naction = require\nremember = 8h\n");
    stack("sudo", "auth requisite pam_unix.so\nauth required pam_secondstep.so\n");
    const Finished done = check();
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out, HasSubstr("warning: remember of rule \"a\" has no effect"));
    stack("sudo", good_stack);
    EXPECT_THAT(check().out, Not(HasSubstr("remember")));
}

TEST_F(CheckConfig, NamesRulesWhoseGroupsCannotBeTold) {
    write_config("[rule a]\ngroups = no.such.group\naction = require\n");
    const Finished done = check();
    EXPECT_EQ(done.status, 0);
    EXPECT_THAT(done.out,
                HasSubstr(file("secondstep.conf") + ": warning: rule \"a\" names the group no.such.group"));
}

// What cannot be read is not what has nothing wrong.
TEST_F(CheckConfig, SaysWhatItCouldNotRead) {
    fs::create_symlink("nowhere", file("pam.d/sudo"));
    EXPECT_THAT(check().out,
                HasSubstr(file("pam.d/sudo") + ": warning: cannot be read: this stack was not checked"));
    fs::remove_all(file("pam.d"));
    EXPECT_THAT(check().out,
                HasSubstr(file("pam.d") + ": warning: cannot be read: no PAM stack was checked"));
}

TEST_F(CheckConfig, OnATerminalLinesAreBrokenAtBlanks) {
    stack("sshd", good_stack);
    write_file(file("sshd_config"), "UsePAM yes\n");
    std::vector<std::string> call{SECONDSTEP_TOOL, "--config", file("secondstep.conf")};
    const std::vector<std::string> verb = words({});
    call.insert(call.end(), verb.begin(), verb.end());
    ChildProcess child(call, ChildProcess::Kind::terminal, {}, 60);
    const Finished done = child.finish();
    EXPECT_EQ(done.status, 0);
    for (const std::string& line : lines_of(done.out))
        EXPECT_LE(line.size(), 61U) << line;  // with the terminal's \r
    EXPECT_THAT(done.out, HasSubstr("\n  "));
}

TEST_F(CheckConfig, ComparesThisMachineAloneWithWhatWasRemembered) {
    for (const std::vector<std::string>& more :
         std::vector<std::vector<std::string>>{{"--changed"}, {"--changed", "--accept"}, {"--accept"}}) {
        const Finished done = check(more);
        EXPECT_EQ(done.status, 2) << done.err;
        EXPECT_EQ(done.out, "");
    }
}

}  // namespace

}  // namespace secondstep::testing
