#include <gtest/gtest.h>

#include "courier/gateway_answer.h"
#include "courier/gateway_request.h"

namespace secondstep::courier {
namespace {

using delivery::Cause;
using delivery::DeliveryOutcome;

Credentials credentials() {
    Credentials c;
    c.sms_user = "u&x";
    c.sms_password = Secret::copy_of("p:w");
    return c;
}

SmsConfig config_of(const std::string& text) {
    auto config = parse_courier_config("[sms]\n" + text, "c");
    EXPECT_TRUE(config.has_value()) << config.error().detail;
    return config->sms;
}

std::vector<std::string> headers_of(const GatewayRequest& request) {
    std::vector<std::string> lines;
    for (const Secret& line : request.headers)
        lines.emplace_back(line.text());
    return lines;
}

TEST(GatewayRequestTest, KannelGetsPercentEncodedParameters) {
    const auto request =
        make_request(config_of("profile = kannel\nfrom = A B\n"), credentials(), "+49151", "a&to=+1\nb");
    ASSERT_TRUE(request.has_value()) << request.error().detail;
    EXPECT_EQ(
        request->url.text(),
        "http://127.0.0.1:13013/cgi-bin/sendsms?username=u%26x&password=p%3Aw&from=A%20B&to=%2B49151&text="
        "a%26to%3D%2B1%0Ab&charset=UTF-8&coding=0");
    EXPECT_FALSE(request->is_post);
    EXPECT_TRUE(request->headers.empty());
}

TEST(GatewayRequestTest, AFormIsAForm) {
    const auto request = make_request(config_of("profile = form\nurl = https://x/\nfrom = +1\n"),
                                      credentials(), "+49151", "a&To=b");
    ASSERT_TRUE(request.has_value());
    EXPECT_TRUE(request->is_post);
    EXPECT_EQ(request->body.text(), "To=%2B49151&From=%2B1&Body=a%26To%3Db");
    EXPECT_EQ(headers_of(*request),
              (std::vector<std::string>{"Authorization: Basic dSZ4OnA6dw==",
                                        "Content-Type: application/x-www-form-urlencoded"}));
}

TEST(GatewayRequestTest, JsonIsJson) {
    const auto request = make_request(
        config_of("profile = json\nurl = https://x/{to}\nheaders = X-A: {login_user} | X-B: b\n"),
        credentials(), "+49151", "a\"},{\"b\\\n");
    ASSERT_TRUE(request.has_value());
    EXPECT_EQ(request->url.text(), "https://x/%2B49151");
    EXPECT_EQ(request->body.text(), R"({"to":"+49151","from":"","text":"a\"},{\"b\\\n"})");
    EXPECT_EQ(headers_of(*request),
              (std::vector<std::string>{"X-A: u&x", "X-B: b", "Authorization: Bearer p:w",
                                        "Content-Type: application/json"}));
}

TEST(GatewayRequestTest, SaysWhichCredentialsAreMissing) {
    const Credentials none;
    for (const char* text : {"profile = kannel\n", "profile = form\nurl = https://x/\n"}) {
        const auto request = make_request(config_of(text), none, "+49151", "x");
        ASSERT_FALSE(request.has_value()) << text;
        EXPECT_EQ(request.error().detail,
                  "the gateway needs sms_user and sms_password in the credentials file");
    }
    EXPECT_FALSE(make_request(config_of("profile = json\nurl = https://x/\n"), none, "+49151", "x"));
    EXPECT_TRUE(
        make_request(config_of("profile = json\nurl = https://x/\nlogin = none\n"), none, "+49151", "x"));
}

struct Case {
    long status;
    const char* answer;
    DeliveryOutcome outcome;
    Cause cause;
};

TEST(GatewayAnswerTest, IsJudgedByStatusAndText) {
    const SmsConfig config = config_of(
        "profile = form\nurl = https://x/\naccept_status = 200-202\n"
        "accept_text = ok | queued\nrefuse_text = error\n");
    for (const Case& c : {Case{200, "ok", DeliveryOutcome::sent, Cause::none},
                          Case{202, "x queued", DeliveryOutcome::sent, Cause::none},
                          Case{200, "ok error", DeliveryOutcome::failed, Cause::refused},
                          Case{200, "", DeliveryOutcome::failed, Cause::refused},
                          Case{203, "ok", DeliveryOutcome::failed, Cause::refused},
                          Case{301, "ok", DeliveryOutcome::failed, Cause::refused},
                          Case{0, "ok", DeliveryOutcome::failed, Cause::refused},
                          Case{400, "ok", DeliveryOutcome::failed, Cause::refused},
                          Case{401, "ok", DeliveryOutcome::failed, Cause::login},
                          Case{403, "", DeliveryOutcome::failed, Cause::login},
                          Case{407, "", DeliveryOutcome::failed, Cause::login},
                          Case{429, "", DeliveryOutcome::deferred, Cause::none},
                          Case{500, "", DeliveryOutcome::deferred, Cause::none},
                          Case{503, "ok", DeliveryOutcome::deferred, Cause::none},
                          Case{501, "", DeliveryOutcome::failed, Cause::refused}}) {
        const auto report = judge_answer(config, c.status, c.answer, {});
        EXPECT_EQ(report.outcome, c.outcome) << c.status << c.answer;
        EXPECT_EQ(report.cause, c.cause) << c.status << c.answer;
    }
}

// break2 4b: cutting came first, and of a secret at the edge a part stayed.
TEST(GatewayAnswerTest, SecretsAreStruckOutBeforeItIsShortened) {
    Redaction redaction;
    redaction.hide("024680");
    for (std::size_t before = 180; before < 200; ++before) {
        const auto report =
            judge_answer(config_of("profile = form\nurl = https://x/\n"), 400,
                         std::string(before, 'x') + "024680 and more" + std::string(99, 'x'), redaction);
        EXPECT_EQ(report.detail.find_first_of("2468", 9), std::string::npos) << report.detail;
    }
}

TEST(GatewayAnswerTest, OfWhatWasTakenOverTheStatusAndTheIdAreKept) {
    const SmsConfig config = config_of("profile = form\nurl = https://x/\n");
    EXPECT_EQ(judge_answer(config, 201, R"({"sid": "SM1", "to": "+49151", "body": "hello"})", {}).detail,
              "HTTP 201 id SM1");
    EXPECT_EQ(judge_answer(config, 200, "hello, your text to +49151 is on its way", {}).detail, "HTTP 200");
}

TEST(GatewayAnswerTest, OnlyItsBeginningIsRepeated) {
    const auto report = judge_answer(config_of("profile = form\nurl = https://x/\n"), 400,
                                     "a\nb" + std::string(9999, 'x'), {});
    EXPECT_TRUE(report.detail.starts_with("HTTP 400 a?bxxx")) << report.detail;
    EXPECT_LT(report.detail.size(), 250U);
}

}  // namespace
}  // namespace secondstep::courier
