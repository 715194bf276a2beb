// What keeps a code and a password from whoever sits between: each of these dies when its line of
// transfer.cpp or smtp.cpp is taken out. Real mail servers and gateways: tests/system/scenarios/courier_*.py
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "courier/gateway.h"
#include "courier/loopback_server.h"
#include "courier/smtp.h"
#include "support/temporary_directory.h"

namespace secondstep::courier {
namespace {

using delivery::Cause;
using delivery::DeliveryOutcome;
using delivery::Report;
using secondstep::testing::LoopbackServer;
using secondstep::testing::TemporaryDirectory;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view code = "024680";
const std::vector<std::string> own_name{"127.0.0.1"};
const std::vector<std::string> another_name{"mail.example.com"};

class TransportSecurity : public ::testing::Test {
  protected:
    // A file with these authorities and no others.
    std::string trusting(const std::string& certificate) {
        const std::string path = directory_.file("ca.pem");
        std::ofstream(path) << certificate;
        return path;
    }
    static Report ask_gateway(const std::string& scheme, const LoopbackServer& server,
                              const std::string& ca_file) {
        return ask_gateway(scheme + "://127.0.0.1:" + std::to_string(server.port()) + "/", {}, ca_file);
    }
    static Report ask_gateway(const std::string& url, const Redaction& redaction,
                              const std::string& ca_file = {}) {
        SmsConfig config;
        config.profile = SmsProfile::json;
        config.ca_file = ca_file;
        GatewayRequest request;
        request.url = Secret::copy_of(url);
        request.is_post = true;
        request.body = Secret::copy_of(code);
        return send_to_gateway(config, request, redaction);
    }
    static Report mail(const LoopbackServer& server, const std::string& ca_file, bool starttls = true) {
        MailConfig config;
        config.transport = MailTransport::smtp;
        config.server = "127.0.0.1";
        config.port = server.port();
        config.starttls_required = starttls;
        config.ca_file = ca_file;
        config.from = "robot@example.com";
        config.helo = "web01";
        Credentials credentials;
        credentials.mail_user = "robot";
        credentials.mail_password = Secret::copy_of("hunter22");
        return send_by_smtp(config, credentials, "alice@example.com", "Subject: x\r\n\r\n024680\r\n", {});
    }

    TemporaryDirectory directory_;
};

void answer(LoopbackServer::Line& line, std::string_view head) {
    std::size_t length = 0;
    for (auto text = line.hear(); text && !text->empty(); text = line.hear()) {
        if (text->starts_with("Content-Length: ")) length = std::stoul(text->substr(16));
    }
    line.pass_over(length);
    line.say("HTTP/1.1 " + std::string(head) + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

void speak_https(LoopbackServer::Line& line) {
    if (line.start_tls()) answer(line, "200 OK");
}

// What a mail server says; `has_tls`: it offers STARTTLS.
LoopbackServer::Speech mail_server(bool has_tls) {
    return [has_tls](LoopbackServer::Line& line) {
        line.say("220 mail\r\n");
        bool in_text = false;
        bool encrypted = false;
        for (auto text = line.hear(); text; text = line.hear()) {
            if (in_text) {
                in_text = *text != ".";
                if (!in_text) line.say("250 Ok: queued as 4F1A2B\r\n");
            } else if (text->starts_with("EHLO")) {
                line.say(has_tls && !encrypted ? "250-mail\r\n250 STARTTLS\r\n"
                                               : "250-mail\r\n250 AUTH PLAIN\r\n");
            } else if (*text == "STARTTLS") {
                line.say("220 go on\r\n");
                encrypted = line.start_tls();
                if (!encrypted) return;
            } else if (text->starts_with("AUTH")) {
                line.say("334 \r\n");  // the password comes on a line of its own
                static_cast<void>(line.hear());
                line.say("235 ok\r\n");
            } else if (*text == "DATA") {
                in_text = true;
                line.say("354 go on\r\n");
            } else {
                line.say("250 ok\r\n");
                if (*text == "QUIT") return;
            }
        }
    };
}

TEST_F(TransportSecurity, AGatewayThatIsWhoItShouldBeGetsTheText) {
    LoopbackServer server(own_name, speak_https);
    const Report report = ask_gateway("https", server, trusting(server.certificate()));
    EXPECT_EQ(report.outcome, DeliveryOutcome::sent) << report.detail;
}

TEST_F(TransportSecurity, AGatewayThatNobodyVouchesForGetsNothing) {
    LoopbackServer server(own_name, speak_https);
    const LoopbackServer trusted(own_name, speak_https);
    const Report report = ask_gateway("https", server, trusting(trusted.certificate()));
    EXPECT_EQ(report.cause, Cause::certificate) << report.detail;
    EXPECT_EQ(server.heard(), "");
}

TEST_F(TransportSecurity, AGatewayOfAnotherNameGetsNothing) {
    LoopbackServer server(another_name, speak_https);
    const Report report = ask_gateway("https", server, trusting(server.certificate()));
    EXPECT_EQ(report.cause, Cause::certificate) << report.detail;
    EXPECT_EQ(server.heard(), "");
}

TEST_F(TransportSecurity, NobodyIsFollowedToAnotherPlace) {
    const LoopbackServer elsewhere(own_name, [](LoopbackServer::Line& line) { answer(line, "200 OK"); });
    for (const char* status : {"301 x", "302 x", "307 x", "308 x"}) {
        const LoopbackServer server(own_name, [&](LoopbackServer::Line& line) {
            answer(line, std::string(status) +
                             "\r\nLocation: http://127.0.0.1:" + std::to_string(elsewhere.port()) + "/");
        });
        EXPECT_EQ(ask_gateway("http", server, "").cause, Cause::refused) << status;
        EXPECT_EQ(server.connections(), 1U) << status;
    }
    EXPECT_EQ(elsewhere.connections(), 0U);
}

// As a shell, or a unit of somebody else's, may have left them.
TEST_F(TransportSecurity, NoProxyOfTheEnvironmentGetsTheText) {
    const LoopbackServer server(own_name, [](LoopbackServer::Line& line) { answer(line, "200 OK"); });
    const LoopbackServer proxy(own_name, [](LoopbackServer::Line& line) { answer(line, "200 OK"); });
    const std::string address = "http://127.0.0.1:" + std::to_string(proxy.port());
    ::setenv("http_proxy", address.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): read by this thread alone
    ::setenv("no_proxy", "", 1);                 // NOLINT(concurrency-mt-unsafe)
    const Report report = ask_gateway("http", server, "");
    ::unsetenv("http_proxy");  // NOLINT(concurrency-mt-unsafe)
    ::unsetenv("no_proxy");    // NOLINT(concurrency-mt-unsafe)
    EXPECT_EQ(report.outcome, DeliveryOutcome::sent) << report.detail;
    EXPECT_EQ(proxy.connections(), 0U);
}

TEST_F(TransportSecurity, AGatewayIsAskedOverTheWebAlone) {
    const std::string secret = directory_.file("secret");
    std::ofstream(secret) << "of another file";
    const Report report = ask_gateway("file://" + secret, Redaction{});
    EXPECT_EQ(report.outcome, DeliveryOutcome::failed);
    EXPECT_THAT(report.detail, Not(HasSubstr("another file")));
}

TEST_F(TransportSecurity, WhatTheLibrarySaysOfAGatewayRepeatsNoSecret) {
    Redaction redaction;
    redaction.hide("token-of-ours");
    const Report report = ask_gateway("https://token-of-ours.invalid:1/", redaction);
    EXPECT_EQ(report.outcome, DeliveryOutcome::failed);
    EXPECT_THAT(report.detail, Not(HasSubstr("token-of-ours")));
    EXPECT_THAT(report.detail, HasSubstr("****"));
}

TEST_F(TransportSecurity, AMailServerThatIsWhoItShouldBeGetsTheMailAfterStarttls) {
    LoopbackServer server(own_name, mail_server(true));
    const Report report = mail(server, trusting(server.certificate()));
    EXPECT_EQ(report.outcome, DeliveryOutcome::sent) << report.detail;
    EXPECT_EQ(report.detail, "250 id 4F1A2B");
    EXPECT_THAT(server.heard(), HasSubstr("STARTTLS"));
    EXPECT_LT(server.heard().find("STARTTLS"), server.heard().find("AUTH"));
    EXPECT_THAT(server.heard(), HasSubstr(std::string(code)));
}

// Whoever sits between takes the offer out of the answer.
TEST_F(TransportSecurity, AMailServerWithoutStarttlsGetsNothing) {
    LoopbackServer server(own_name, mail_server(false));
    const Report report = mail(server, trusting(server.certificate()));
    EXPECT_EQ(report.cause, Cause::certificate) << report.detail;
    for (const char* secret : {"AUTH", "MAIL", "alice", "024680"})
        EXPECT_THAT(server.heard(), Not(HasSubstr(secret)));
}

TEST_F(TransportSecurity, AMailServerThatNobodyVouchesForOrOfAnotherNameGetsNothing) {
    LoopbackServer server(own_name, mail_server(true));
    LoopbackServer other(another_name, mail_server(true));
    EXPECT_EQ(mail(server, trusting(other.certificate())).cause, Cause::certificate);
    EXPECT_EQ(mail(other, trusting(other.certificate())).cause, Cause::certificate);
    for (const std::string& heard : {server.heard(), other.heard()}) {
        EXPECT_THAT(heard, HasSubstr("STARTTLS"));
        EXPECT_THAT(heard, Not(HasSubstr("AUTH")));
    }
}

TEST_F(TransportSecurity, APasswordIsNotSentInTheClear) {
    const LoopbackServer server(own_name, mail_server(false));
    const Report report = mail(server, "", false);
    EXPECT_EQ(report.cause, Cause::misconfigured) << report.detail;
    EXPECT_EQ(server.connections(), 0U);
}

}  // namespace
}  // namespace secondstep::courier
