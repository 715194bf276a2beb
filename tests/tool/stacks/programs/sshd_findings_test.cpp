#include "stacks/programs/sshd_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stacks/programs/sshd_configuration.h"
#include "stacks/programs/sshd_sample.h"
#include "tool_world.h"

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace secondstep::tool {

namespace {

const std::string with_password =
    "auth requisite pam_unix.so\nauth required pam_secondstep.so first_factor=passed\n";
const std::string with_key =
    "auth required pam_secondstep.so first_factor=passed\nauth required pam_permit.so\n";
const std::string good = "UsePAM yes\nAuthenticationMethods publickey,keyboard-interactive\n";

class SshdFindings : public ::testing::Test {
  protected:
    Remarks found(const std::string& sshd, const std::string& stack = with_password,
                  const std::string& config = "") {
        const bool about_root = sshd.find("PermitRootLogin") != std::string::npos;
        const auto read =
            SshdConfiguration::read(write("sshd_config", (about_root ? "" : "PermitRootLogin no\n") + sshd));
        EXPECT_TRUE(read) << read.error().detail;
        const auto parsed = parse_config(config, "c");
        EXPECT_TRUE(parsed) << parsed.error().detail;
        const auto lines =
            read_stack("/p", "sshd", [&stack](const std::string&) { return std::optional(stack); });
        return sshd_findings(views_of(*read), lines, *parsed);
    }

    std::vector<std::string> said(const std::string& sshd, const std::string& stack = with_password,
                                  const std::string& config = "") {
        std::vector<std::string> out;
        for (const Remark& remark : found(sshd, stack, config)) {
            out.push_back((remark.level == Remark::Level::error ? "error: " : "warning: ") + remark.text);
        }
        return out;
    }

    // Of root, of alice and bob, who are ordinary people, and of robot, who is none.
    static SshdViews views_of(const SshdConfiguration& sshd) {
        SshdViews views;
        const std::vector<SshdPerson> people{
            {"root", {"root"}}, {"alice", {"staff"}}, {"bob", {"staff"}}, {"robot", {"robots"}}};
        for (const SampledLogin& each : sample_of(sshd, people).logins)
            views.push_back({each.login, sshd.settings_for(each.login), each.is_ordinary});
        return views;
    }

    std::string write(const std::string& name, const std::string& text) {
        secondstep::testing::write_file(directory_.file(name), text);
        return directory_.file(name);
    }

    secondstep::testing::TemporaryDirectory directory_;
};

TEST_F(SshdFindings, NothingIsWrongWithKeyOrPasswordAndCode) {
    EXPECT_THAT(said(good), IsEmpty());
    EXPECT_THAT(said(good, with_key), IsEmpty());
    EXPECT_THAT(said("UsePAM yes\nAuthenticationMethods keyboard-interactive\n"), IsEmpty());
}

TEST_F(SshdFindings, SettingsUnderWhichNobodyIsAsked) {
    EXPECT_THAT(said("UsePAM no\n" + good),
                Contains("error: sshd does not use PAM: nobody is asked for a code"));
    EXPECT_THAT(said("AuthenticationMethods publickey,keyboard-interactive\n"),
                Contains(HasSubstr("does not use PAM")));
    for (const char* name : {"KbdInteractiveAuthentication", "ChallengeResponseAuthentication"}) {
        EXPECT_THAT(said(std::string(name) + " no\n" + good), Contains(HasSubstr("error: sshd cannot ask")));
        EXPECT_THAT(said(std::string(name) + " yes\n" + good), IsEmpty());
    }
    EXPECT_THAT(said("UsePAM yes\nAuthenticationMethods publickey\n"),
                Contains(HasSubstr("error: nobody is ever asked for a code. ")));
    EXPECT_THAT(said("UsePAM yes\nAuthenticationMethods publickey keyboard-interactive:pam\n"),
                Contains(HasSubstr("warning: one of these ways in never asks for a code, "
                                   "nor anybody to enroll or to enroll again. ")));
}

// sshd hands an answer of its own to PAM whatever root types, and the right code is refused for ever.
TEST_F(SshdFindings, RootWhoseAnswersSshdReplaces) {
    const std::string text = "warning: root is asked and refused whatever is typed: under PermitRootLogin ";
    for (const std::string permit : {"prohibit-password", "without-password", "forced-commands-only"}) {
        const Remarks remarks = found("PermitRootLogin " + permit + "\n" + good, with_key);
        ASSERT_EQ(remarks.size(), 1U) << permit;
        EXPECT_THAT(remarks[0].text, HasSubstr("under PermitRootLogin " + permit));
        EXPECT_THAT(remarks[0].text, HasSubstr("as safe"));
        EXPECT_EQ(remarks[0].mend, "PermitRootLogin yes");
        EXPECT_EQ(remarks[0].line, 1U);
    }
    EXPECT_THAT(said(good + "# PermitRootLogin is not written\n", with_key),
                ElementsAre(HasSubstr(text + "prohibit-password")));
    for (const std::string permit : {"yes", "no"})
        EXPECT_THAT(said("PermitRootLogin " + permit + "\n" + good), IsEmpty());
    const std::string with_a_password =
        "PermitRootLogin prohibit-password\nUsePAM yes\nAuthenticationMethods ";
    const Remarks remarks = found(with_a_password + "keyboard-interactive\n");
    ASSERT_EQ(remarks.size(), 1U);
    EXPECT_EQ(remarks[0].mend, "") << "yes would let root in by password: that was forbidden";
    EXPECT_THAT(said(with_a_password + "publickey publickey,keyboard-interactive\n"),
                Not(Contains(HasSubstr("root is asked"))))
        << "the key alone is a way in";
    EXPECT_THAT(said(with_a_password + "any\n"), Not(Contains(HasSubstr("root is asked"))));
}

// A line that is printed is put in: it must not shut out whoever has a key and no password.
TEST_F(SshdFindings, NoMendShutsOutWhoHasAKeyAlone) {
    const Remarks any = found("UsePAM yes\n");
    ASSERT_EQ(any.size(), 1U);
    EXPECT_EQ(any[0].mend, "");
    EXPECT_THAT(any[0].text, HasSubstr("shut out whoever has a key and no password, automation too"));
    EXPECT_THAT(any[0].text, HasSubstr("as examples/ssh/mixed.conf does"));
    EXPECT_EQ(found("UsePAM yes\nAuthenticationMethods publickey,password password\n")[0].mend,
              "AuthenticationMethods publickey,keyboard-interactive keyboard-interactive");
}

TEST_F(SshdFindings, APublicKeyAlone) {
    EXPECT_THAT(said("UsePAM yes\n"),
                ElementsAre(HasSubstr("warning: who has a public key gets in without a code, "
                                      "and cannot be asked to enroll")));
    EXPECT_THAT(said("UsePAM yes\nPubkeyAuthentication no\n"), IsEmpty());
}

TEST_F(SshdFindings, ACodeAlone) {
    const std::string text = "error: people get in with a code alone";
    EXPECT_THAT(said("UsePAM yes\nAuthenticationMethods keyboard-interactive\n", with_key),
                Contains(HasSubstr(text)));
    EXPECT_THAT(said("UsePAM yes\n", with_key), Contains(HasSubstr(text)));
    EXPECT_THAT(said("UsePAM yes\n", with_password), Not(Contains(HasSubstr(text))));
}

TEST_F(SshdFindings, TheKeyAfterTheCode) {
    const std::string methods = "UsePAM yes\nAuthenticationMethods keyboard-interactive,publickey\n";
    EXPECT_THAT(said(methods, with_key),
                ElementsAre("error: first_factor=passed is not true: sshd checks the key after the code"));
    EXPECT_THAT(said(methods, "auth required pam_secondstep.so\nauth required pam_permit.so\n"), IsEmpty());
    EXPECT_THAT(said(methods, with_password), IsEmpty());
}

TEST_F(SshdFindings, TheMethodPasswordCannotAnswerASecondPrompt) {
    EXPECT_THAT(said("UsePAM yes\nAuthenticationMethods publickey,password\n"),
                ElementsAre(HasSubstr("error: the method password answers one prompt only")));
    EXPECT_THAT(said("UsePAM yes\nAuthenticationMethods password keyboard-interactive\n"), IsEmpty());
}

TEST_F(SshdFindings, APasswordAndACodeInOneLineNeedNoDialogue) {
    const std::string combined =
        "auth [success=ok ignore=ignore default=die] pam_secondstep.so prompt=combined\n"
        "auth required pam_unix.so use_first_pass\n";
    const std::string sshd = "UsePAM yes\nKbdInteractiveAuthentication no\nAuthenticationMethods password\n";
    EXPECT_THAT(said(sshd, combined), IsEmpty());
    EXPECT_THAT(said(sshd, with_password), Not(IsEmpty()));
}

TEST_F(SshdFindings, TooLittleTimeToEnroll) {
    const std::string rule = "[rule staff]\naction = enroll\n";
    const Remarks remarks = found(good, with_password, rule);
    ASSERT_EQ(remarks.size(), 1U);
    EXPECT_EQ(remarks[0].text,
              "LoginGraceTime is 120 s (default), too short to enroll at login (rule \"staff\")");
    EXPECT_EQ(remarks[0].mend, "LoginGraceTime 600");
    EXPECT_EQ(remarks[0].line, 0U);
    for (const char* enough : {"5m", "300", "0", "1h"}) {
        EXPECT_THAT(said("LoginGraceTime " + std::string(enough) + "\n" + good, with_password, rule),
                    IsEmpty());
    }
    EXPECT_EQ(found("LoginGraceTime=4m59s\n" + good, with_password, rule)[0].now, "LoginGraceTime=4m59s");
    EXPECT_THAT(said(good, with_password, "[rule staff]\nservices = sudo\naction = enroll\n"), IsEmpty());
}

TEST_F(SshdFindings, TooFewConnectionsToEnroll) {
    const std::string sshd = good + "LoginGraceTime 600\nMaxStartups ";
    const std::string rule = "action = enroll\n";
    EXPECT_THAT(said(sshd + "3:30:10\n", with_password, rule),
                Contains(HasSubstr("warning: MaxStartups 3 turns")));
    EXPECT_THAT(said(sshd + "9\n", with_password, rule), Contains(HasSubstr("MaxStartups 9")));
    EXPECT_THAT(said(sshd + "10:30:100\n", with_password, rule), IsEmpty());
    EXPECT_THAT(said(sshd + "3\n"), IsEmpty());
}

TEST_F(SshdFindings, TheFirstValueWinsAndIncludesAreFollowed) {
    EXPECT_THAT(said("usepam \"yes\"  # why\nUsePAM no\n" + good), IsEmpty());
    write("a.conf", "UsePAM no\nMatch User alice\nKbdInteractiveAuthentication no\n");
    const Remarks remarks = found("Include " + directory_.file("*.conf") + "\n" + good);
    ASSERT_EQ(remarks.size(), 2U);
    EXPECT_EQ(remarks[0].file, directory_.file("a.conf"));
    EXPECT_EQ(remarks[0].line, 1U);
    EXPECT_EQ(remarks[0].now, "UsePAM no");
    EXPECT_THAT(remarks[1].text, HasSubstr("sshd cannot ask for a code"));
    EXPECT_THAT(remarks[1].text, HasSubstr("So it is for alice"));
    EXPECT_EQ(remarks[1].line, 3U);
}

// A key alone for one account is what such a block is written for.
TEST_F(SshdFindings, AnExceptionForSomeIsNoMistake) {
    EXPECT_THAT(said("UsePAM yes\nMatch User robot\nAuthenticationMethods publickey\nMatch all\n"
                     "AuthenticationMethods publickey,keyboard-interactive\n",
                     with_key),
                IsEmpty());
    EXPECT_THAT(said(good + "Match Group robots\nAuthenticationMethods publickey\n", with_key), IsEmpty());
    EXPECT_THAT(said(good + "Match Address 10.0.0.0/8\nAuthenticationMethods publickey\n", with_key),
                IsEmpty());
}

TEST_F(SshdFindings, AnExceptionForEverybodyIsSeen) {
    for (const char* everybody : {"User *", "User *,!root", "Group staff", "User al*,bob",
                                  "Address *,!10.0.0.0/8", "all", "Address 0.0.0.0/0"})
        EXPECT_THAT(said(good + "Match " + everybody + "\nAuthenticationMethods publickey\n", with_key),
                    Contains(HasSubstr("error: nobody is ever asked for a code")))
            << everybody;
}

// Only what gives a way in without a code can be meant.
TEST_F(SshdFindings, AMistakeInAnExceptionNamesWhomItIsAbout) {
    EXPECT_THAT(
        said(good + "Match User robot\nAuthenticationMethods keyboard-interactive\n", with_key),
        ElementsAre(AllOf(HasSubstr("people get in with a code alone"), HasSubstr("So it is for robot"))));
}

TEST_F(SshdFindings, WhatComesBeforeTheStack) {
    const auto before = [this](const std::string& sshd) {
        return before_stack(views_of(*SshdConfiguration::read(write("s", sshd))));
    };
    EXPECT_EQ(before(good), BeforeStack::key);
    EXPECT_EQ(before("UsePAM yes\n"), BeforeStack::nothing);
    EXPECT_EQ(before("AuthenticationMethods keyboard-interactive,publickey\n"), BeforeStack::nothing);
    EXPECT_EQ(before("AuthenticationMethods publickey,password keyboard-interactive\n"),
              BeforeStack::key_or_none);
    EXPECT_EQ(before(good + "Match User robot\nAuthenticationMethods keyboard-interactive\n"),
              BeforeStack::key_or_none);
    EXPECT_EQ(before("AuthenticationMethods publickey\n"), BeforeStack::cannot_tell);
}

// A way that sshd does not take, and a person it keeps out, make nothing easier.
TEST_F(SshdFindings, WhatIsSwitchedOffComesBeforeNothing) {
    const auto before = [this](const std::string& sshd) {
        return before_stack(views_of(*SshdConfiguration::read(write("s", sshd))));
    };
    const std::string two = "AuthenticationMethods publickey,keyboard-interactive password\n";
    EXPECT_EQ(before(two), BeforeStack::key_or_none);
    EXPECT_EQ(before(two + "PasswordAuthentication no\n"), BeforeStack::key);
    EXPECT_EQ(before(two + "PubkeyAuthentication no\n"), BeforeStack::nothing);
    EXPECT_EQ(before("KbdInteractiveAuthentication no\nPasswordAuthentication no\n"),
              BeforeStack::cannot_tell);
    const std::string root_alone = good + "Match User root\nAuthenticationMethods keyboard-interactive\n";
    EXPECT_EQ(before("PermitRootLogin yes\n" + root_alone), BeforeStack::key_or_none);
    EXPECT_EQ(before("PermitRootLogin no\n" + root_alone), BeforeStack::key);
}

// Not beside the file that includes them.
TEST_F(SshdFindings, RelativeNamesAreSshdsOwnFolders) {
    write("a.conf", "UsePAM no\n");
    const std::string path = write("sshd_config", "Include a.conf\nUsePAM yes\n");
    const auto folder = path.substr(0, path.rfind('/'));
    EXPECT_EQ(SshdConfiguration::read(path)->global().value("usepam", ""), "yes");
    EXPECT_EQ(SshdConfiguration::read(path, folder)->global().value("usepam", ""), "no");
}

TEST_F(SshdFindings, AFileThatIncludesItselfEnds) {
    EXPECT_THAT(said("Include " + directory_.file("sshd_config") + "\n" + good), IsEmpty());
}

TEST(SshdTime, HasUnits) {
    using std::chrono::seconds;
    EXPECT_EQ(sshd_time("120"), seconds(120));
    EXPECT_EQ(sshd_time("1h30M"), seconds(5400));
    EXPECT_EQ(sshd_time("2d1w"), seconds(172800 + 604800));
    for (const char* wrong : {"", "m", "1x", "-1", "1h-2"})
        EXPECT_EQ(sshd_time(wrong), std::nullopt) << wrong;
}

// Whoever owns a reverse zone would choose the name that rules are compared with.
TEST_F(SshdFindings, NamesInPlaceOfAddressesBesideARuleAboutNetworks) {
    const std::string rule = "[rule outside]\nnetworks = 0.0.0.0/0, ::/0\naction = require\n";
    const std::string names = good + "UseDNS yes\n";
    const auto remarks = found(names, with_password, rule);
    ASSERT_EQ(remarks.size(), 1U);
    EXPECT_EQ(remarks[0].level, Remark::Level::error);
    EXPECT_THAT(remarks[0].text, HasSubstr("the networks of rule \"outside\" cannot be told"));
    EXPECT_EQ(remarks[0].now, "UseDNS yes");
    EXPECT_EQ(remarks[0].mend, "UseDNS no");
    EXPECT_THAT(said(good, with_password, rule), IsEmpty());
    EXPECT_THAT(said(names, with_password, "[rule a]\nnetworks = local\naction = require\n"), IsEmpty());
    EXPECT_THAT(said(names, with_password, "[rule a]\nservices = sudo\nnetworks = ::/0\naction = require\n"),
                IsEmpty());
    EXPECT_THAT(said(names), IsEmpty());
}

}  // namespace

}  // namespace secondstep::tool
