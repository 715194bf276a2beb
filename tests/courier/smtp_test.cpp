#include "courier/smtp.h"

#include <gtest/gtest.h>

namespace secondstep::courier {
namespace {

using delivery::Cause;
using delivery::DeliveryOutcome;

struct Case {
    CURLcode code;
    long reply;
    const char* verb;
    DeliveryOutcome outcome;
    Cause cause;
};

// One line for each way in which a dialogue with a mail server ends.
TEST(SmtpTest, EachEndHasItsCause) {
    for (const Case& c : {
             Case{CURLE_OK, 250, "QUIT", DeliveryOutcome::sent, Cause::none},
             Case{CURLE_SEND_ERROR, 550, "RCPT", DeliveryOutcome::failed, Cause::recipient},
             Case{CURLE_SEND_ERROR, 450, "RCPT", DeliveryOutcome::deferred, Cause::none},
             Case{CURLE_SEND_ERROR, 530, "RCPT", DeliveryOutcome::failed, Cause::login},
             Case{CURLE_SEND_ERROR, 553, "MAIL", DeliveryOutcome::failed, Cause::refused},
             Case{CURLE_SEND_ERROR, 530, "MAIL", DeliveryOutcome::failed, Cause::login},
             Case{CURLE_SEND_ERROR, 421, "MAIL", DeliveryOutcome::deferred, Cause::none},
             Case{CURLE_WEIRD_SERVER_REPLY, 451, "DATA", DeliveryOutcome::deferred, Cause::none},
             Case{CURLE_WEIRD_SERVER_REPLY, 550, "DATA", DeliveryOutcome::failed, Cause::refused},
             Case{CURLE_WEIRD_SERVER_REPLY, 554, "", DeliveryOutcome::failed, Cause::refused},
             Case{CURLE_LOGIN_DENIED, 535, "AUTH", DeliveryOutcome::failed, Cause::login},
             Case{CURLE_LOGIN_DENIED, 454, "AUTH", DeliveryOutcome::deferred, Cause::none},
             Case{CURLE_LOGIN_DENIED, 0, "EHLO", DeliveryOutcome::failed, Cause::login},
             Case{CURLE_USE_SSL_FAILED, 250, "EHLO", DeliveryOutcome::failed, Cause::certificate},
             Case{CURLE_USE_SSL_FAILED, 454, "STAR", DeliveryOutcome::failed, Cause::certificate},
             Case{CURLE_PEER_FAILED_VERIFICATION, 220, "STAR", DeliveryOutcome::failed, Cause::certificate},
             Case{CURLE_SSL_CONNECT_ERROR, 0, "", DeliveryOutcome::failed, Cause::certificate},
             Case{CURLE_SSL_CACERT_BADFILE, 220, "STAR", DeliveryOutcome::failed, Cause::misconfigured},
             Case{CURLE_COULDNT_RESOLVE_HOST, 0, "", DeliveryOutcome::failed, Cause::no_answer},
             Case{CURLE_COULDNT_CONNECT, 0, "", DeliveryOutcome::failed, Cause::no_answer},
             Case{CURLE_OPERATION_TIMEDOUT, 220, "EHLO", DeliveryOutcome::failed, Cause::no_answer},
             Case{CURLE_RECV_ERROR, 354, "DATA", DeliveryOutcome::failed, Cause::no_answer},
         }) {
        const auto report = judge_smtp({.code = c.code,
                                        .reply = c.reply,
                                        .verb = c.verb,
                                        .last_line = "said",
                                        .farewell = false,
                                        .error_text = "error"},
                                       {});
        EXPECT_EQ(report.outcome, c.outcome) << c.code << " " << c.reply << " " << c.verb;
        EXPECT_EQ(report.cause, c.cause) << c.code << " " << c.reply << " " << c.verb;
        EXPECT_FALSE(report.detail.empty());
    }
}

TEST(SmtpTest, SecretsAreStruckOutBeforeTheLineIsShortened) {
    Redaction redaction;
    redaction.hide("alice@");
    const std::string line = "550 " + std::string(290, 'x') + "alice@example.com";
    const auto refused = judge_smtp({.code = CURLE_SEND_ERROR,
                                     .reply = 550,
                                     .verb = "RCPT",
                                     .last_line = line,
                                     .farewell = false,
                                     .error_text = ""},
                                    redaction);
    EXPECT_EQ(refused.detail.find("al"), std::string::npos) << refused.detail;
    EXPECT_LE(refused.detail.size(), 303U);
}

TEST(SmtpTest, SecretsAreStruckOutOfTheLibrarysWordsToo) {
    Redaction redaction;
    redaction.hide("hunter22");
    const auto failed = judge_smtp({.code = CURLE_COULDNT_CONNECT,
                                    .reply = 0,
                                    .verb = "",
                                    .last_line = "",
                                    .farewell = false,
                                    .error_text = "no route to robot:hunter22@mail"},
                                   redaction);
    EXPECT_EQ(failed.detail, "no route to robot:********@mail");
}

TEST(SmtpTest, OfWhatWasTakenOverTheReplyAndTheIdAreKept) {
    const auto sent = [](const char* line) {
        return judge_smtp({.code = CURLE_OK,
                           .reply = 250,
                           .verb = "",
                           .last_line = line,
                           .farewell = false,
                           .error_text = ""},
                          {})
            .detail;
    };
    EXPECT_EQ(sent("250 2.0.0 Ok: queued as 4F1A2B for alice@example.com"), "250 id 4F1A2B");
    EXPECT_EQ(sent("250 queued for alice@example.com"), "250");
}

}  // namespace
}  // namespace secondstep::courier
