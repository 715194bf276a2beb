#include "courier/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_directory.h"

namespace secondstep::courier {
namespace {

using secondstep::testing::TemporaryDirectory;
using ::testing::HasSubstr;
using ::testing::Not;

std::string said_of(const std::string& sms) {
    const TemporaryDirectory directory;
    std::ofstream(directory.file("courier.conf")) << "[sms]\n" << sms;
    Options options;
    options.config = directory.file("courier.conf");
    options.credentials = directory.file("no-credentials");
    options.account = "nobody";
    ::testing::internal::CaptureStdout();
    const ExitStatus status = check(options);
    const std::string said = ::testing::internal::GetCapturedStdout();
    EXPECT_EQ(status, ExitStatus::ended) << said;
    return said;
}

// break2 6: 200 with an error in the text counts as sent.
TEST(CourierCheck, SaysWhereNothingIsDemandedOfAnAnswer) {
    for (const char* profile : {"json", "form"}) {
        const std::string begin =
            std::string("profile = ") + profile + "\nurl = https://x.example/\nlogin = none\n";
        EXPECT_THAT(said_of(begin), HasSubstr("warn  [sms] nothing is demanded of the answer"));
        EXPECT_THAT(said_of(begin + "accept_text = queued\n"), Not(HasSubstr("warn")));
        EXPECT_THAT(said_of(begin + "refuse_text = error\n"), Not(HasSubstr("warn")));
    }
    EXPECT_THAT(said_of("profile = program\nprogram = /bin/true {to} {text}\n"), Not(HasSubstr("warn")));
}

}  // namespace
}  // namespace secondstep::courier
