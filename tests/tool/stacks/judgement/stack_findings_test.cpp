#include "stacks/judgement/stack_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stacks/judgement/enrolling_rule.h"

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace secondstep::tool {

namespace {

// The right control of each line, for stacks that differ from a good one in one thing.
const std::string password = "auth [success=ok default=die] pam_unix.so\n";
const std::string code =
    "auth [success=ok ignore=ignore default=die] pam_secondstep.so first_factor=passed\n";
const std::string enrolling_code =
    "auth [success=ok ignore=ignore default=die] pam_secondstep.so first_factor=passed enroll=account\n";
const std::string account = "account required pam_secondstep.so\naccount required pam_unix.so\n";

Config config_of(const std::string& text) {
    Result<Config> config = parse_config(text, "c");
    EXPECT_TRUE(config) << config.error().detail;
    return config ? *config : Config{};
}

Remarks found(const std::string& stack, const std::string& config = "", const std::string& service = "x",
              BeforeStack before = BeforeStack::nothing) {
    const Stack read =
        read_stack("/p", service, [&stack](const std::string&) { return std::optional(stack); });
    return findings_in(read, config_of(config), before);
}

// "4 error: what is wrong"
std::vector<std::string> said(const Remarks& remarks) {
    std::vector<std::string> out;
    for (const Remark& remark : remarks) {
        out.push_back(std::to_string(remark.line) +
                      (remark.level == Remark::Level::error ? " error: " : " warning: ") + remark.text);
    }
    return out;
}

std::vector<std::string> said(const std::string& stack, const std::string& config = "",
                              const std::string& service = "x") {
    return said(found(stack, config, service));
}

TEST(StackFindings, NothingIsWrongWithPasswordAndCode) {
    EXPECT_THAT(said(password + code), IsEmpty());
    EXPECT_THAT(
        said("auth requisite pam_unix.so\nauth [success=ok ignore=ignore default=bad] pam_secondstep.so\n"),
        IsEmpty());
    EXPECT_THAT(said("auth requisite pam_unix.so\nauth required pam_secondstep.so\n"), IsEmpty());
    // Debian's common-auth with two directories of people.
    EXPECT_THAT(said("auth [success=2 default=ignore] pam_unix.so\n"
                     "auth [success=1 default=ignore] pam_sss.so use_first_pass\n"
                     "auth requisite pam_deny.so\nauth required pam_permit.so\n" +
                     code),
                IsEmpty());
    // Somebody who is left out on purpose, root in su, and the counting of failures around the password.
    EXPECT_THAT(
        said("auth sufficient pam_rootok.so\nauth required pam_faillock.so preauth\n"
             "auth [success=1 default=ignore] pam_unix.so\nauth [default=die] pam_faillock.so authfail\n"
             "auth [success=1 default=ignore] pam_succeed_if.so quiet user = emergency\n" +
             code + "auth optional pam_cap.so\n"),
        IsEmpty());
}

TEST(StackFindings, TheCodeAfterAWrongPassword) {
    const Remarks remarks = found("auth required pam_unix.so\nauth required pam_secondstep.so\n");
    ASSERT_THAT(said(remarks),
                testing::ElementsAre("1 error: the code is asked for even after a wrong password"));
    EXPECT_EQ(remarks[0].now, "auth required pam_unix.so");
    EXPECT_EQ(remarks[0].mend, "auth [success=ok default=die] pam_unix.so");
    EXPECT_EQ(remarks[0].file, "/p/x");
}

// The mend is one that a walk has shown to help.
TEST(StackFindings, AMendForTheLineThatNeedsOne) {
    const std::string two =
        "auth [success=2 default=ignore] pam_unix.so\n"
        "auth [success=1 default=ignore] pam_sss.so use_first_pass\n";
    const Remarks deny = found(two + "auth required pam_deny.so\nauth required pam_secondstep.so\n");
    ASSERT_THAT(said(deny), Contains("1 error: the code is asked for even after a wrong password"));
    EXPECT_EQ(deny[0].mend, "auth requisite pam_deny.so (/p/x:3)");
    EXPECT_THAT(
        said(two +
             "auth requisite pam_deny.so\nauth required pam_secondstep.so\nauth required pam_permit.so\n"),
        IsEmpty());
    // Of a line that cannot be read nobody can say what would be right.
    const Remarks none =
        found("auth optional pam_unix.so\nauth frequired pam_sss.so\nauth required pam_secondstep.so\n");
    EXPECT_THAT(none, testing::Each(testing::Field(&Remark::edits, IsEmpty())));
}

TEST(StackFindings, AClaimThatTheFirstFactorPassedWhichIsNotTrue) {
    EXPECT_THAT(
        said("auth required pam_unix.so\n" + code),
        Contains("1 error: first_factor=passed is not true: the module is reached after a wrong password"));
    // Two directories of people: the second one's no goes on.
    EXPECT_THAT(said("auth [success=1 default=ignore] pam_unix.so\nauth optional pam_sss.so\n" + code),
                Contains(HasSubstr("1 error: first_factor=passed is not true")));
    EXPECT_THAT(
        said(code + "auth required pam_unix.so\n"),
        Contains("1 error: first_factor=passed is not true: the password is asked for after the code"));
    EXPECT_THAT(said(code + "auth required pam_permit.so\n"),
                Contains(HasSubstr("nothing before the code asks for a first factor")));
    // sshd may have checked a key; another module may be the first factor.
    EXPECT_THAT(said(found(code + "auth required pam_permit.so\n", "", "sshd", BeforeStack::key)), IsEmpty());
    EXPECT_THAT(said("auth requisite pam_u2f.so\n" + code), IsEmpty());
}

TEST(StackFindings, ALineThatEndsTheStackBeforeTheCode) {
    const Remarks remarks = found("auth sufficient pam_unix.so\n" + code + "auth required pam_deny.so\n");
    EXPECT_THAT(said(remarks), Contains("1 error: this line lets people in before the code is asked for"));
    EXPECT_THAT(said("auth requisite pam_unix.so\nauth [success=1 default=die] pam_permit.so\n" + code +
                     "auth required pam_permit.so\n"),
                Contains("2 error: this line lets people in before the code is asked for"));
    EXPECT_THAT(said("auth [success=1 default=bad] pam_unix.so\nauth [default=die] pam_faillock.so authfail\n"
                     "auth sufficient pam_faillock.so authsucc\n" +
                     code),
                Contains("3 error: this line lets people in before the code is asked for"));
}

TEST(StackFindings, ALineThatIsNeverReached) {
    EXPECT_THAT(said(password + "auth requisite pam_deny.so\n" + code),
                Contains("3 error: this line is never reached"));
}

TEST(StackFindings, TheCodeInThePlaceOfThePassword) {
    EXPECT_THAT(said("auth sufficient pam_secondstep.so\nauth required pam_unix.so\n"),
                Contains("1 error: the code alone lets people in, without a password"));
    EXPECT_THAT(
        said("auth [success=ok ignore=ignore default=die] pam_secondstep.so\nauth required pam_unix.so\n"),
        testing::ElementsAre(
            "1 warning: the code is asked for before the password: somebody who knows neither learns "
            "who is enrolled"));
    EXPECT_THAT(
        said("auth [success=ok ignore=ignore default=die] pam_secondstep.so\nauth required pam_unix.so\n",
             "action = require\n"),
        IsEmpty());
}

TEST(StackFindings, AControlUnderWhichAWrongCodeIsEnough) {
    for (const std::string control : {"sufficient", "optional", "[success=ok default=ignore]"}) {
        const Remarks remarks = found(password + "auth " + control + " pam_secondstep.so debug\n");
        EXPECT_THAT(said(remarks), Contains("2 error: people get in after a wrong code")) << control;
        EXPECT_EQ(remarks[0].mend, "auth [success=ok ignore=ignore default=die] pam_secondstep.so debug");
    }
    EXPECT_THAT(
        said(password + "auth [success=ok ignore=ignore conv_err=ignore default=die] pam_secondstep.so\n"),
        Contains("2 error: people get in who give no code at all"));
}

TEST(StackFindings, AControlUnderWhichUnavailableIsEnough) {
    const std::string text = "people get in without a code while the service or its store does not work";
    EXPECT_THAT(
        said(password + "auth [success=ok auth_err=die conv_err=die default=ignore] pam_secondstep.so\n"),
        Contains("2 error: " + text));
    // Written out, it is a wish.
    EXPECT_THAT(
        said(password +
             "auth [success=ok ignore=ignore authinfo_unavail=ignore default=die] pam_secondstep.so\n"),
        testing::ElementsAre("2 warning: " + text));
}

TEST(StackFindings, AControlUnderWhichIgnoreIsARefusal) {
    const std::string who = "who needs no second step (exempt, or not enrolled) is refused";
    const Remarks remarks = found(password + "auth [success=ok default=die] pam_secondstep.so\n");
    ASSERT_THAT(said(remarks),
                testing::ElementsAre("2 error: " + who + ": \"ignore\" counts as a failure here"));
    EXPECT_EQ(remarks[0].mend, "auth [success=ok ignore=ignore default=die] pam_secondstep.so");
    const Remarks alone = found(code, "", "sshd", BeforeStack::key);
    ASSERT_THAT(said(alone), testing::ElementsAre("1 error: " + who + ": no other line says yes"));
    EXPECT_THAT(alone[0].mend, HasSubstr("auth required pam_permit.so"));
    // Where everybody is asked, nobody is shut out.
    EXPECT_THAT(said(password + "auth [success=ok default=die] pam_secondstep.so\n", "action = require\n"),
                Contains(HasSubstr("2 warning: ")));
}

TEST(StackFindings, EnrollingNeedsBothHalves) {
    EXPECT_THAT(said(password + enrolling_code + account, "action = enroll\n"), IsEmpty());
    EXPECT_THAT(said(password + enrolling_code),
                Contains(HasSubstr("2 error: enroll=account without an account line")));
    EXPECT_THAT(said(password + code + account, "[rule staff]\naction = enroll\n"),
                Contains(HasSubstr("2 error: nobody can enroll here as rule \"staff\" wants")));
    EXPECT_THAT(said(password + code, "[rule staff]\naction = enroll\n"),
                Contains(HasSubstr("2 warning: nobody can enroll here as rule \"staff\" wants")));
    EXPECT_THAT(said(password + code, "action = enroll\n"),
                Contains(HasSubstr("as the default action wants")));
    EXPECT_THAT(
        said(password + "auth [success=ok ignore=ignore default=die] pam_secondstep.so enroll=account\n" +
                 account,
             "action = enroll\n"),
        Contains("2 error: nobody can enroll here as the default action wants: the module is not told "
                 "that the first factor has passed"));
    // A rule about other services does not matter here.
    EXPECT_THAT(said(password + code, "[rule staff]\nservices = sshd\naction = enroll\n"), IsEmpty());
    EXPECT_THAT(said(password + code + account), IsEmpty());
}

TEST(StackFindings, AnAccountPartThatDoesNotHoldPeopleToEnrolling) {
    const std::string auth = password + enrolling_code;
    EXPECT_THAT(said(auth + "account optional pam_secondstep.so\naccount required pam_unix.so\n"),
                Contains("3 error: people get in who have to enroll and did not"));
    EXPECT_THAT(said(auth + "account sufficient pam_unix.so\naccount required pam_secondstep.so\n"),
                Contains("3 error: this line ends the account part before enrollment is asked for"));
    EXPECT_THAT(said(auth + "account sufficient pam_localuser.so\naccount required pam_secondstep.so\n"
                            "account required pam_permit.so\n"),
                Contains("3 warning: people for whom this line says yes are not asked to enroll"));
    // Whom su asks for no code it does not ask to enroll.
    EXPECT_THAT(said("auth sufficient pam_rootok.so\n" + auth +
                     "account [success=1 default=ignore] pam_rootok.so\n" + account),
                IsEmpty());
    EXPECT_THAT(
        said("auth sufficient pam_rootok.so\n" + auth +
             "account sufficient pam_rootok.so\naccount sufficient pam_localuser.so\n" + account),
        testing::ElementsAre("5 warning: people for whom this line says yes are not asked to enroll"));
    EXPECT_THAT(said(auth + "account required pam_secondstep.so\n"),
                Contains("3 error: who has nothing to enroll is refused: no other line says yes"));
    EXPECT_THAT(
        said(auth + "account [success=ok default=die] pam_secondstep.so\naccount required pam_unix.so\n"),
        Contains("3 error: who has nothing to enroll is refused: \"ignore\" counts as a failure here"));
}

TEST(StackFindings, ACodeAskedForTwice) {
    EXPECT_THAT(said(password + code + "auth required pam_secondstep.so\n"),
                Contains("3 error: the code is asked for twice in one login; each code works once"));
    EXPECT_THAT(said(password + code +
                     "auth [success=1 default=ignore] pam_succeed_if.so uid = 0\n"
                     "auth required pam_secondstep.so\nauth required pam_permit.so\n"),
                Contains(HasSubstr("4 warning: some people are asked for two codes")));
    // One or the other.
    EXPECT_THAT(said(password +
                     "auth [success=2 default=ignore] pam_succeed_if.so uid = 0\n"
                     "auth [success=2 ignore=2 default=die] pam_secondstep.so\n"
                     "auth requisite pam_deny.so\n" +
                     code + "auth required pam_permit.so\n"),
                Not(Contains(HasSubstr("asked for t"))));
}

TEST(StackFindings, OneLineForPasswordAndCode) {
    const std::string combined =
        "auth [success=ok ignore=ignore default=die] pam_secondstep.so prompt=combined\n";
    EXPECT_THAT(said(combined + "auth required pam_unix.so use_first_pass\n"), IsEmpty());
    EXPECT_THAT(said(combined + "auth required pam_unix.so try_first_pass\n"), IsEmpty());
    const Remarks again = found(combined + "auth required pam_unix.so\n");
    ASSERT_THAT(said(again), testing::ElementsAre(
                                 "2 error: the password that was typed with the code is asked for again"));
    EXPECT_EQ(again[0].mend, "auth required pam_unix.so use_first_pass");
    EXPECT_THAT(said(combined + "auth required pam_permit.so\n"),
                Contains("1 error: prompt=combined hands the password on, and no line after it takes it"));
}

TEST(StackFindings, ArgumentsTheModuleDoesNotKnow) {
    EXPECT_THAT(said(password + "auth required pam_secondstep.so conf=/a socket=/b first_factor=passed "
                                "prompt=separate try_first_pass debug\n"),
                IsEmpty());
    EXPECT_THAT(
        said(password + "auth required pam_secondstep.so nullok first_factor=yes conf=a\n"),
        testing::ElementsAre(
            "2 error: the module does not know the argument \"nullok\", and refuses everybody",
            "2 error: the module does not know the argument \"first_factor=yes\", and refuses everybody",
            "2 error: the module does not know the argument \"conf=a\", and refuses everybody"));
}

TEST(StackFindings, LinesThatLibpamCannotRead) {
    EXPECT_THAT(said("auth requird pam_unix.so\n" + code),
                Contains(HasSubstr("1 error: the second word is no control that libpam knows")));
}

TEST(StackFindings, NothingIsSentBeforeTheFirstFactorHasPassed) {
    const std::string unclaimed = "auth [success=ok ignore=ignore default=die] pam_secondstep.so\n";
    const std::string why =
        "needs a recovery code here: the module is not told that the first factor has passed";
    for (const std::string methods : {"mail", "totp, sms"}) {
        const Remarks remarks = found(password + unclaimed, "methods = " + methods + "\n");
        ASSERT_THAT(said(remarks), testing::ElementsAre("2 warning: who has codes sent by mail or SMS "
                                                        "(methods of the default) " +
                                                        why));
        EXPECT_EQ(remarks[0].mend,
                  "auth [success=ok ignore=ignore default=die] pam_secondstep.so first_factor=passed");
        EXPECT_THAT(said(password + code, "methods = " + methods + "\n"), IsEmpty());
    }
    const std::string by_rule = "[rule night]\nservices = sshd\naction = require\nmethods = mail\n";
    EXPECT_THAT(said(found(password + unclaimed, by_rule, "sshd")),
                Contains(HasSubstr("methods of rule \"night\"")));
    EXPECT_THAT(said(found(password + unclaimed, by_rule, "sudo")), IsEmpty()) << "the rule is about sshd";
    EXPECT_THAT(said(password + unclaimed, "methods = totp, hotp\n"), IsEmpty());
    EXPECT_THAT(said("auth [success=ok ignore=ignore default=die] pam_secondstep.so prompt=combined\n"
                     "auth required pam_unix.so use_first_pass\n",
                     "methods = mail\n"),
                testing::ElementsAre(HasSubstr("asked for before one could be sent")));
}

TEST(StackFindings, KnowTheRuleByWhichPeopleEnroll) {
    const Config config =
        config_of("[rule a]\nservices = sudo\naction = enroll\n[rule b]\naction = require\n");
    EXPECT_EQ(enrolling_rule(config, "sudo"), "a");
    EXPECT_EQ(enrolling_rule(config, "sshd"), std::nullopt);
    EXPECT_EQ(enrolling_rule(config_of("action = enroll\n"), "sshd"), "");
}

}  // namespace

}  // namespace secondstep::tool
