// What the person and the program that asks them may do, against a service that plays along.
#include <gtest/gtest.h>
#include <syslog.h>

#include "fake_service.h"
#include "stack.h"
#include "support/captured_syslog.h"
#include "support/pam_host.h"

namespace secondstep::testing {
namespace {

// Asks once, notes the answer, and says `verdict`.
class OneQuestion {
  public:
    explicit OneQuestion(wire::Ask ask = {.text = "Verification code: "}, Verdict verdict = Verdict::accepted)
        : service_([this, ask, verdict](Peer& peer) {
              const auto greeting = peer.hears();
              if (!greeting) return;
              hello = std::get<wire::Hello>(*greeting);
              peer.says(ask);
              answer = peer.hears_answer();
              peer.says(wire::End{.verdict = verdict});
          }) {}

    int login(Conversation conversation, const std::string& arguments = {}) {
        PamHost host(module_alone("socket=" + service_.socket() + " " + arguments), "alice",
                     std::move(conversation));
        const int code = host.authenticate();
        service_.finish();
        return code;
    }
    [[nodiscard]] std::string socket() const { return "socket=" + service_.socket(); }
    void finish() { service_.finish(); }

    wire::Hello hello;
    std::string answer = "(never asked)";

  private:
    FakeService service_;
};

TEST(Conversation, CarriesTheAnswerAndTheVerdict) {
    OneQuestion service;
    EXPECT_EQ(service.login(typing({"492039"})), PAM_SUCCESS);
    EXPECT_EQ(service.answer, "492039");
}

TEST(Conversation, TellsTheServiceWhoAsks) {
    OneQuestion service;
    PamHost host(module_alone(service.socket() + " first_factor=passed prompt=combined enroll=account"),
                 "alice", typing({"1"}));
    host.set(PAM_RHOST, "192.0.2.7");
    host.set(PAM_TTY, "pts/3");
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    service.finish();
    EXPECT_EQ(service.hello.purpose, Purpose::authenticate);
    EXPECT_EQ(service.hello.user, "alice");
    EXPECT_EQ(service.hello.service, "secondstep-test");
    EXPECT_EQ(service.hello.rhost, "192.0.2.7");
    EXPECT_EQ(service.hello.tty, "pts/3");
    EXPECT_TRUE(service.hello.first_factor_passed);
    EXPECT_TRUE(service.hello.combined);
    EXPECT_TRUE(service.hello.enroll_in_account);
    EXPECT_NE(service.hello.attempt, (std::array<std::uint8_t, 16>{}));
}

TEST(Conversation, ClaimsNothingTheStackDoesNotSay) {
    OneQuestion service;
    EXPECT_EQ(service.login(typing({"1"})), PAM_SUCCESS);
    EXPECT_FALSE(service.hello.first_factor_passed);
    EXPECT_FALSE(service.hello.combined);
    EXPECT_FALSE(service.hello.enroll_in_account);
    EXPECT_EQ(service.hello.rhost, "");
    EXPECT_EQ(service.hello.tty, "");
}

TEST(Conversation, AsksTheProgramForANameItHasNotTold) {
    OneQuestion service;
    PamHost host(module_alone(service.socket()), std::nullopt, typing({"bob", "492039"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    service.finish();
    EXPECT_EQ(service.hello.user, "bob");
    EXPECT_EQ(service.answer, "492039");
}

TEST(Conversation, EndsWhenNobodyTellsAName) {
    OneQuestion service;
    PamHost host(module_alone(service.socket()), std::nullopt,
                 [](const Heard&) { return Said{.code = PAM_CONV_ERR}; });
    EXPECT_EQ(host.authenticate(), PAM_CONV_ERR);
    service.finish();
    EXPECT_EQ(service.answer, "(never asked)");
}

TEST(Conversation, HidesWhatIsTypedUnlessTheServiceSaysOtherwise) {
    for (const bool echo : {false, true}) {
        OneQuestion service({.echo = echo, .text = "Verification code: "});
        PamHost host(module_alone(service.socket()), "alice", typing({"1"}));
        EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
        ASSERT_EQ(host.heard().size(), 1U);
        EXPECT_EQ(host.heard()[0].style, echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF);
        EXPECT_EQ(host.heard()[0].text, "Verification code: ");
    }
}

TEST(Conversation, TextsAreNoFormats) {
    OneQuestion service({.text = "100%s %n %d: "});
    PamHost host(module_alone(service.socket()), "alice", typing({"%s%n"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.prompts(), (std::vector<std::string>{"100%s %n %d: "}));
    service.finish();
    EXPECT_EQ(service.answer, "%s%n");
}

TEST(Conversation, NullIsNotAnEmptyText) {
    OneQuestion null;
    EXPECT_EQ(null.login([](const Heard&) { return Said{}; }), PAM_CONV_ERR);
    EXPECT_EQ(null.answer, "NULL");
    OneQuestion empty({.text = "?"}, Verdict::refused);
    EXPECT_EQ(empty.login(typing({""})), PAM_AUTH_ERR);
    EXPECT_EQ(empty.answer, "");
}

TEST(Conversation, NullIsNeverAcceptedWhateverTheServiceSays) {
    OneQuestion service({.text = "?"}, Verdict::accepted);
    EXPECT_EQ(service.login([](const Heard&) { return Said{}; }), PAM_CONV_ERR);
}

TEST(Conversation, AnswersOfUpTo512BytesArePassedOn) {
    for (const std::size_t size : {1U, 511U, 512U}) {
        OneQuestion service;
        EXPECT_EQ(service.login(typing({std::string(size, 'x')})), PAM_SUCCESS);
        EXPECT_EQ(service.answer.size(), size);
    }
}

TEST(Conversation, LongerAnswersAreOnlyReported) {
    for (const std::size_t size : {513U, 8192U, 65536U}) {
        OneQuestion service({.text = "?"}, Verdict::refused);
        EXPECT_EQ(service.login(typing({std::string(size, '1')})), PAM_AUTH_ERR);
        EXPECT_EQ(service.answer, "TOO LONG");
    }
}

TEST(Conversation, LineBreaksAndControlCharactersArePartOfTheAnswer) {
    for (const std::string text : {"492\n039", "\n", "\b\n\r\177INCORRECT", "49\r2039\n", "\xff\xfe"}) {
        OneQuestion service;
        EXPECT_EQ(service.login(typing({text})), PAM_SUCCESS);
        EXPECT_EQ(service.answer, text);
    }
}

// Shows, asks, shows an error, asks, ends.
void talkative(Peer& peer) {
    peer.hears();
    peer.says(wire::Show{.style = wire::Style::info, .text = Secret::copy_of("first")});
    peer.says(wire::Ask{.text = "one: "});
    if (peer.hears_answer() == "NULL") return;
    peer.says(wire::Show{.style = wire::Style::error, .text = Secret::copy_of("second")});
    peer.says(wire::Ask{.text = "two: "});
    if (peer.hears_answer() == "NULL") return;
    peer.says(wire::End{.verdict = Verdict::accepted});
}

TEST(Conversation, FailingAtAnyQuestionEndsItAndAtATextIsNoError) {
    const FakeService service(talkative);
    const std::vector<int> expected{PAM_SUCCESS, PAM_CONV_ERR, PAM_SUCCESS, PAM_CONV_ERR, PAM_SUCCESS};
    for (std::size_t failing = 0; failing < expected.size(); ++failing) {
        std::size_t call = 0;
        PamHost host(module_alone("socket=" + service.socket()), "alice", [&](const Heard&) {
            return call++ == failing ? Said{.code = PAM_CONV_ERR} : Said{.text = "492039"};
        });
        EXPECT_EQ(host.authenticate(), expected[failing]) << failing;
        EXPECT_EQ(host.heard().size(), expected[failing] == PAM_SUCCESS ? 4U : failing + 1) << failing;
    }
}

TEST(Conversation, AnswerBesideAFailureIsNotUsed) {
    OneQuestion service;
    EXPECT_EQ(service.login([](const Heard&) { return Said{.code = PAM_CONV_ERR, .text = "492039"}; }),
              PAM_CONV_ERR);
    EXPECT_EQ(service.answer, "NULL");
}

TEST(Conversation, OneMessagePerCallInTheServicesOrder) {
    const FakeService service(talkative);
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"1", "2"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    ASSERT_EQ(host.heard().size(), 4U);
    EXPECT_EQ(host.heard()[0].style, PAM_TEXT_INFO);
    EXPECT_EQ(host.heard()[1].text, "one: ");
    EXPECT_EQ(host.heard()[2].style, PAM_ERROR_MSG);
    EXPECT_EQ(host.heard()[3].text, "two: ");
}

TEST(Conversation, APacketOfSeveralMessagesIsShownInItsOrder) {
    const FakeService service([](Peer& peer) {
        peer.hears();
        peer.says_at_once(wire::Show{.style = wire::Style::info, .text = Secret::copy_of("first")},
                          wire::Show{.style = wire::Style::error, .text = Secret::copy_of("second")},
                          wire::Ask{.text = "one: "});
        if (peer.hears_answer() != "1") return;
        peer.says_at_once(wire::Show{.style = wire::Style::info, .text = Secret::copy_of("third")},
                          wire::End{.verdict = Verdict::accepted});
    });
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"1"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    ASSERT_EQ(host.heard().size(), 4U);
    EXPECT_EQ(host.heard()[0].text, "first");
    EXPECT_EQ(host.heard()[1].style, PAM_ERROR_MSG);
    EXPECT_EQ(host.heard()[2].text, "one: ");
    EXPECT_EQ(host.heard()[3].text, "third");
}

TEST(Conversation, DataForTheToolIsNeverShown) {
    const FakeService service([](Peer& peer) {
        peer.hears();
        peer.says(wire::Show{.style = wire::Style::data, .text = Secret::copy_of("{}")});
        peer.says(wire::End{.verdict = Verdict::accepted});
    });
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_TRUE(host.heard().empty());
}

TEST(Conversation, MissingConversationIsAConversationError) {
    OneQuestion service;
    PamHost host(module_alone(service.socket()), "alice", typing({"1"}));
    const pam_conv none{.conv = nullptr, .appdata_ptr = nullptr};
    ASSERT_EQ(::pam_set_item(host.handle(), PAM_CONV, &none), PAM_SUCCESS);
    EXPECT_EQ(host.authenticate(), PAM_CONV_ERR);
}

TEST(Conversation, ChangedUserIsRefused) {
    OneQuestion service;
    const CapturedSyslog log;
    PamHost* self = nullptr;
    PamHost host(module_alone(service.socket()), "alice", [&](const Heard&) {
        self->set(PAM_USER, "mallory");
        return Said{.text = "492039"};
    });
    self = &host;
    EXPECT_EQ(host.authenticate(), PAM_AUTH_ERR);
    EXPECT_NE(log.text().find("PAM_USER changed"), std::string::npos);
    EXPECT_EQ(log.text().find("mallory"), std::string::npos);
}

TEST(Conversation, UserChangedBeforeAnIgnoreIsRefused) {
    OneQuestion service({.text = "?"}, Verdict::not_needed);
    PamHost* self = nullptr;
    PamHost host(module_alone(service.socket()), "alice", [&](const Heard&) {
        self->set(PAM_USER, "root");
        return Said{.text = "1"};
    });
    self = &host;
    EXPECT_EQ(host.authenticate(), PAM_AUTH_ERR);
}

TEST(Conversation, NeverSetsTheUser) {
    OneQuestion service;
    PamHost host(module_alone(service.socket()), "Alice ", typing({"1"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.get(PAM_USER), "Alice ");
}

TEST(Conversation, OddNamesArePassedOnAsTheyAre) {
    for (const std::string name : {"", "a/b", "..", "a\nb", "\xff\xfe", "%s%n"}) {
        OneQuestion service({.text = "?"}, Verdict::refused);
        PamHost host(module_alone(service.socket()), name, typing({"1"}));
        EXPECT_EQ(host.authenticate(), PAM_AUTH_ERR) << name;
        service.finish();
        EXPECT_EQ(service.hello.user, name);
    }
}

TEST(Conversation, NamesTooLongForAMessageAreRefused) {
    for (const int item : {PAM_USER, PAM_RHOST, PAM_TTY}) {
        OneQuestion service;
        const CapturedSyslog log;
        PamHost host(module_alone(service.socket()), "alice", typing({"1"}));
        host.set(item, std::string(257, 'n'));
        EXPECT_EQ(host.authenticate(), PAM_AUTH_ERR) << item;
        EXPECT_NE(log.text().find("256 bytes"), std::string::npos);
        EXPECT_EQ(log.text().find("nnnn"), std::string::npos);
    }
}

TEST(Conversation, DebugLogsItsCourseButNoAnswer) {
    OneQuestion service;
    const CapturedSyslog log;
    EXPECT_EQ(service.login(typing({"492039"}), "debug"), PAM_SUCCESS);
    EXPECT_NE(log.text().find("secondstepd asks, echo off"), std::string::npos);
    EXPECT_EQ(log.text().find("492039"), std::string::npos);
    for (const CapturedSyslog::Line& line : log.lines()) {
        EXPECT_EQ(line.priority, LOG_AUTHPRIV | LOG_DEBUG) << line.text;
    }
}

TEST(Conversation, WithoutDebugASuccessLogsNothing) {
    OneQuestion service;
    const CapturedSyslog log;
    EXPECT_EQ(service.login(typing({"492039"})), PAM_SUCCESS);
    EXPECT_EQ(log.text(), "");
}

}  // namespace
}  // namespace secondstep::testing
