#include "courier/deliver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "support/temporary_directory.h"

namespace secondstep::courier {
namespace {

using delivery::DeliveryOutcome;
using delivery::Message;
using delivery::MessagePurpose;
using delivery::Report;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* number = "+4915123456745";
constexpr const char* link = "https://web01:8443/Zk3vPq9sTf7w";

// A program that repeats what it got, and everything else that nobody may read.
class Deliver : public ::testing::Test {
  protected:
    Deliver() {
        const std::string path = directory_.file("program");
        std::ofstream(path) << "#!/bin/sh\necho \"no: 024680 Zk3vPq9sTf7w " << number
                            << " alice@example.com robot hunter22 gate sesame77\"\nexit 1\n";
        EXPECT_EQ(::chmod(path.c_str(), 0755), 0);
        config_.sms.profile = SmsProfile::program;
        config_.sms.program.push_back(*Template::create(path, {}));
        config_.mail.transport = MailTransport::program;
        config_.mail.from = "robot@example.com";
        config_.mail.program = {path};
        credentials_.mail_user = "robot";
        credentials_.mail_password = Secret::copy_of("hunter22");
        credentials_.sms_user = "gate";
        credentials_.sms_password = Secret::copy_of("sesame77");
    }
    std::string said_of(MessagePurpose purpose, delivery::Channel channel) const {
        const Message message{
            .purpose = purpose,
            .to = *delivery::Address::create(
                channel, channel == delivery::Channel::sms ? number : "alice@example.com"),
            .user = "alice",
            .host = "web01",
            .service = "sshd",
            .contact = "",
            .code = Secret::copy_of(std::string_view(purpose == MessagePurpose::link ? link : "024680")),
            .valid = std::chrono::minutes{5},
            .notice = {}};
        const Report report = deliver(config_, credentials_, message);
        EXPECT_EQ(report.outcome, DeliveryOutcome::failed);
        EXPECT_THAT(report.detail, HasSubstr("no: "));
        for (const char* secret : {"robot", "hunter22", "gate", "sesame77"})
            EXPECT_THAT(report.detail, Not(HasSubstr(secret)));
        return report.detail;
    }
    secondstep::testing::TemporaryDirectory directory_;
    CourierConfig config_;
    Credentials credentials_;
};

TEST_F(Deliver, ReportsNeitherTheCodeNorWhomItWasForNorACredential) {
    const std::string of_a_text = said_of(MessagePurpose::code, delivery::Channel::sms);
    EXPECT_THAT(of_a_text, Not(HasSubstr("024680")));
    EXPECT_THAT(of_a_text, Not(HasSubstr("15123456745")));
    const std::string of_a_mail = said_of(MessagePurpose::code, delivery::Channel::mail);
    EXPECT_THAT(of_a_mail, Not(HasSubstr("024680")));
    EXPECT_THAT(of_a_mail, Not(HasSubstr("alice@")));
}

TEST_F(Deliver, ReportsNoTokenOfALink) {
    EXPECT_THAT(said_of(MessagePurpose::link, delivery::Channel::sms), Not(HasSubstr("Zk3vPq9sTf7w")));
}

}  // namespace
}  // namespace secondstep::courier
