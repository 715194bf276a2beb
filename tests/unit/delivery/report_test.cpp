#include "delivery/report.h"

#include <gtest/gtest.h>

#include <string>

namespace secondstep::delivery {
namespace {

Report failed(Cause cause, std::string detail = {}) {
    return {.outcome = DeliveryOutcome::failed, .cause = cause, .detail = std::move(detail)};
}

TEST(ReportTest, IsOneLine) {
    EXPECT_EQ(to_line({.outcome = DeliveryOutcome::sent, .cause = Cause::none, .detail = {}}), "sent");
    EXPECT_EQ(
        to_line({.outcome = DeliveryOutcome::deferred, .cause = Cause::none, .detail = "451 try later"}),
        "deferred 451 try later");
    EXPECT_EQ(to_line(failed(Cause::no_answer)), "failed no-answer");
    EXPECT_EQ(to_line(failed(Cause::login, "535 no\r\nsent")), "failed login 535 no??sent");
}

TEST(ReportTest, ComesBackFromItsLine) {
    for (const char* line :
         {"sent", "sent 250 OK id=1x", "deferred", "deferred 451 try later", "failed certificate self-signed",
          "failed login", "failed recipient 550 no", "failed refused 552", "failed no-answer",
          "failed misconfigured", "failed program exit 1", "failed courier"}) {
        EXPECT_EQ(to_line(report_of(line)), line);
    }
    EXPECT_EQ(report_of("failed recipient 550 no").cause, Cause::recipient);
    EXPECT_EQ(report_of("deferred 451").outcome, DeliveryOutcome::deferred);
    EXPECT_EQ(report_of("sent").outcome, DeliveryOutcome::sent);
    EXPECT_EQ(report_of("sent").cause, Cause::none);
}

TEST(ReportTest, TakesAnythingElseForAFailureOfTheCourier) {
    const std::string too_long = "sent " + std::string(301, 'x');
    for (const std::string& line :
         {std::string(), std::string("SENT"), std::string("sent\n"), std::string("sent a\nb"),
          std::string("sent "), std::string(" sent"), std::string("failed"), std::string("failed none"),
          std::string("failed x y"), std::string("sentinel"), std::string("deferred  x"), too_long,
          std::string("sent \xff"), std::string("sent\0", 5)}) {
        const Report report = report_of(line);
        EXPECT_EQ(report.outcome, DeliveryOutcome::failed) << line;
        EXPECT_EQ(report.cause, Cause::courier) << line;
    }
}

TEST(ReportTest, CutsALongDetailSoThatItsLineIsStillOne) {
    const std::string line = to_line(failed(Cause::refused, std::string(5000, 'x')));
    EXPECT_LE(line.size(), 400U);
    EXPECT_EQ(report_of(line).cause, Cause::refused);
}

TEST(ReportTest, ExplainsEachCauseDifferently) {
    std::string all;
    for (const Cause cause : {Cause::certificate, Cause::login, Cause::recipient, Cause::refused,
                              Cause::no_answer, Cause::misconfigured, Cause::program, Cause::courier}) {
        const std::string words = in_plain_words(failed(cause, "what it said"));
        EXPECT_NE(words.find("(what it said)"), std::string::npos) << words;
        EXPECT_EQ(all.find(words), std::string::npos) << words;
        all += words + "\n";
    }
    EXPECT_EQ(in_plain_words({.outcome = DeliveryOutcome::sent, .cause = Cause::none, .detail = {}}),
              "It was sent.");
}

}  // namespace
}  // namespace secondstep::delivery
