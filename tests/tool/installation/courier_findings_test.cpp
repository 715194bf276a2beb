#include "installation/courier_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "process/program_output.h"
#include "support/temporary_directory.h"

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

CourierNeed need_of(const std::string& text) {
    const Result<Config> config = parse_config(text, "c");
    EXPECT_TRUE(config) << config.error().detail;
    return config ? CourierNeed::of(*config) : CourierNeed{};
}

TEST(CourierNeed, ComesFromMethodsAndFromNotices) {
    EXPECT_FALSE(need_of("").any());
    EXPECT_TRUE(need_of("methods = mail\n").mail);
    EXPECT_TRUE(need_of("[rule a]\naction = require\nmethods = totp, sms\n").sms);
    EXPECT_FALSE(need_of("[rule a]\naction = require\nmethods = totp, sms\n").mail);
    EXPECT_TRUE(need_of("notify_address = {user}@example.com\n").notices);
    EXPECT_FALSE(need_of("notify_address = {user}@example.com\n").for_logins());
    EXPECT_FALSE(need_of("notify = no\nnotify_address = {user}@example.com\n").any());
}

constexpr char both[] =
    "mail  mx.example.com:587 with STARTTLS\nsms   by http://127.0.0.1:13013/cgi-bin/sendsms\n";
constexpr char mail_alone[] = "mail  mx.example.com:587 with STARTTLS\nsms   not set up\n";

TEST(CourierFindings, TellHowMessagesGo) {
    const Diagnoses findings = findings_in({0, both, ""}, {.mail = true, .sms = true});
    ASSERT_THAT(findings, SizeIs(2));
    EXPECT_EQ(findings[0].level, Diagnosis::Level::ok);
    EXPECT_EQ(findings[0].text, "mail: mx.example.com:587 with STARTTLS");
    EXPECT_EQ(findings[1].text, "sms: by http://127.0.0.1:13013/cgi-bin/sendsms");
    EXPECT_THAT(findings_in({0, mail_alone, ""}, {.mail = true}), SizeIs(1));
}

TEST(CourierFindings, PassOnWhatTheCourierDoubts) {
    const std::string out = std::string(both) + "warn  [sms] nothing is demanded of the answer: x\n";
    const Diagnoses findings = findings_in({0, out, ""}, {.sms = true});
    ASSERT_THAT(findings, SizeIs(2));
    EXPECT_EQ(findings[1].level, Diagnosis::Level::warning);
    EXPECT_EQ(findings[1].text, "[sms] nothing is demanded of the answer: x");
    EXPECT_THAT(findings_in({0, out, ""}, {.mail = true}), SizeIs(1));
}

TEST(CourierFindings, MissAChannelThatIsNeeded) {
    const Diagnoses sms = findings_in({0, mail_alone, ""}, {.sms = true});
    ASSERT_THAT(sms, SizeIs(1));
    EXPECT_EQ(sms[0].level, Diagnosis::Level::error);
    EXPECT_THAT(sms[0].text, HasSubstr("sms is not set up in courier.conf"));
    EXPECT_THAT(sms[0].mend, HasSubstr("courier.conf(5)"));
    EXPECT_EQ(findings_in({0, "nonsense", ""}, {.mail = true})[0].level, Diagnosis::Level::error);
    EXPECT_EQ(findings_in({0, "", ""}, {.notices = true})[0].level, Diagnosis::Level::warning);
}

TEST(CourierFindings, TellWhatTheCourierComplainsOf) {
    const Diagnoses findings =
        findings_in({3, "", "/etc/secondstep/courier.conf:3: no such option\nand more\n"}, {.mail = true});
    ASSERT_THAT(findings, SizeIs(2));
    EXPECT_EQ(findings[0].level, Diagnosis::Level::error);
    EXPECT_EQ(findings[0].text, "/etc/secondstep/courier.conf:3: no such option");
    EXPECT_EQ(findings_in({-1, "", ""}, {.notices = true})[0].text,
              "secondstep-courier --check gave no answer");
}

TEST(ProgramOutput, TellsWhatAProgramWroteAndHowItEnded) {
    const auto done =
        process::output_of({"/bin/sh", "-c", "echo one; echo two >&2; exit 3"}, std::chrono::seconds(60));
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(done->status, 3);
    EXPECT_EQ(done->out, "one\n");
    EXPECT_EQ(done->err, "two\n");
    EXPECT_EQ(process::output_of({"/bin/sh", "-c", "kill -9 $$"}, std::chrono::seconds(60))->status, -1);
    EXPECT_FALSE(process::output_of({"/nonexistent/program"}, std::chrono::seconds(60)));
}

TEST(ProgramOutput, IsBoundedInLengthAndTime) {
    const auto much =
        process::output_of({"/bin/sh", "-c", "head -c 300000 /dev/zero"}, std::chrono::seconds(60));
    ASSERT_TRUE(much);
    EXPECT_EQ(much->out.size(), 65536U);
    const auto endless = process::output_of({"/bin/cat", "/dev/zero"}, std::chrono::milliseconds(200));
    ASSERT_FALSE(endless);
    EXPECT_EQ(endless.error().code, Errc::timed_out);
}

TEST(ProgramOutput, FindsByItsNameAProgramOfTheSystemAndNoOther) {
    const auto found = process::output_of({"true"}, std::chrono::seconds(60));
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->status, 0);
    const testing::TemporaryDirectory directory;
    const std::string planted = directory.path() + "/planted-program";
    std::filesystem::copy("/bin/true", planted);
    ASSERT_TRUE(process::output_of({planted}, std::chrono::seconds(60)));
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    EXPECT_FALSE(process::output_of({"planted-program"}, std::chrono::seconds(60)))
        << "root's current directory may be somebody else's";
    std::filesystem::current_path(before);
}

TEST(ProgramOutput, HandsNoEnvironmentOn) {
    EXPECT_THAT(process::output_of({"/usr/bin/env"}, std::chrono::seconds(60))->out,
                ::testing::StrEq("PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"));
}

}  // namespace

}  // namespace secondstep::tool
