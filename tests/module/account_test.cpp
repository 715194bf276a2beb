// The phase after authentication: who must enroll is asked there, everybody else goes on.
#include <gtest/gtest.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>

#include "fake_service.h"
#include "stack.h"
#include "support/captured_syslog.h"
#include "support/ordinary_user.h"
#include "support/pam_host.h"

namespace secondstep::testing {
namespace {

using Texts = std::vector<std::string>;

// The module speaks only for a program that may ask for anybody.
class Account : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "only a privileged program is asked in this phase";
    }
};

// Offers enrollment three times, then ends; notes what it heard.
class Offer {
  public:
    explicit Offer(Verdict verdict = Verdict::accepted, bool echo = true, std::uint8_t combined_length = 0)
        : service_([this, verdict, echo, combined_length](Peer& peer) {
              const auto greeting = peer.hears();
              if (!greeting) return;
              hello = std::get<wire::Hello>(*greeting);
              for (int question = 0; question < 3; ++question) {
                  peer.says(wire::Show{.text = Secret::copy_of("a second step")});
                  peer.says(wire::Ask{.echo = echo, .text = "Choice: ", .combined_length = combined_length});
                  answers.push_back(peer.hears_answer());
              }
              peer.says(wire::End{.verdict = verdict});
          }) {}

    int enter(Conversation conversation, const std::string& arguments = {}) {
        PamHost host(module_alone("socket=" + service_.socket() + " " + arguments), "alice",
                     std::move(conversation));
        const int code = host.account();
        finish();
        heard = host.heard();
        return code;
    }
    [[nodiscard]] const std::string& socket() const { return service_.socket(); }
    void finish() { service_.finish(); }
    void let_everybody_in() const { service_.let_everybody_in(); }

    wire::Hello hello;
    Texts answers;
    std::vector<Heard> heard;

  private:
    FakeService service_;
};

int code_for(Verdict verdict, std::string (*stack)(const std::string&) = module_alone) {
    const FakeService service([verdict](Peer& peer) { peer.asks_once(verdict); });
    PamHost host(stack("socket=" + service.socket()), "alice", typing({"q"}));
    return host.account();
}

TEST_F(Account, VerdictsBecomeTheDocumentedCodes) {
    const CapturedSyslog quiet;
    EXPECT_EQ(code_for(Verdict::accepted), PAM_SUCCESS);
    EXPECT_EQ(code_for(Verdict::not_needed), ignored);
    EXPECT_EQ(code_for(Verdict::refused), PAM_PERM_DENIED);
    EXPECT_EQ(code_for(Verdict::cancelled), PAM_PERM_DENIED);
    EXPECT_EQ(code_for(Verdict::not_allowed), PAM_PERM_DENIED);
    EXPECT_EQ(code_for(Verdict::unavailable), PAM_AUTHINFO_UNAVAIL);
    EXPECT_EQ(code_for(Verdict::misconfigured), PAM_SERVICE_ERR);
}

TEST_F(Account, NothingDueLetsPeopleInBesideAnotherModule) {
    const CapturedSyslog log;
    EXPECT_EQ(code_for(Verdict::not_needed, module_then_permit), PAM_SUCCESS);
    EXPECT_EQ(log.text(), "");  // it happens at every login
    for (const Verdict verdict : {Verdict::refused, Verdict::unavailable, Verdict::cancelled,
                                  Verdict::not_allowed, Verdict::misconfigured}) {
        EXPECT_NE(code_for(verdict, module_then_permit), PAM_SUCCESS);
    }
}

TEST_F(Account, TellsTheServiceThatThisIsTheAccountPhase) {
    Offer offer;
    EXPECT_EQ(offer.enter(typing({"q", "1", "2"}), "first_factor=passed enroll=account"), PAM_SUCCESS);
    EXPECT_EQ(offer.hello.purpose, Purpose::account);
    EXPECT_EQ(offer.hello.task, Task::none);
    EXPECT_EQ(offer.hello.user, "alice");
    EXPECT_TRUE(offer.hello.first_factor_passed);
    EXPECT_TRUE(offer.hello.enroll_in_account);
}

TEST_F(Account, NoAnswerIsAnAnswerAndTheVerdictIsTheServices) {
    for (const auto& [verdict, code] :
         {std::pair{Verdict::not_needed, ignored}, std::pair{Verdict::refused, PAM_PERM_DENIED}}) {
        Offer offer(verdict);
        const CapturedSyslog quiet;
        EXPECT_EQ(offer.enter([](const Heard&) { return Said{}; }), code);
        EXPECT_EQ(offer.answers, (Texts{"NULL", "NULL", "NULL"}));
    }
}

TEST_F(Account, WhoGaveNoAnswerIsNotAskedAgainAndTheLogSaysSo) {
    for (const int code : {PAM_SUCCESS, PAM_CONV_ERR}) {
        Offer offer(Verdict::not_needed);
        const CapturedSyslog log;
        EXPECT_EQ(offer.enter([code](const Heard&) { return Said{.code = code}; }), ignored);
        EXPECT_EQ(std::ranges::count(offer.heard, PAM_PROMPT_ECHO_ON, &Heard::style), 1);
        ASSERT_EQ(log.lines().size(), 1U);
        EXPECT_EQ(log.lines()[0].priority, LOG_AUTHPRIV | LOG_NOTICE);
        EXPECT_NE(log.lines()[0].text.find("got no answer"), std::string::npos);
    }
}

// Apache: hidden questions are answered, everything else fails.
TEST_F(Account, ProgramThatCannotShowOrEchoIsNoEndlessLoop) {
    const auto apache = [](const Heard& heard) {
        return heard.style == PAM_PROMPT_ECHO_OFF ? Said{.text = "secret"} : Said{.code = PAM_CONV_ERR};
    };
    Offer echoing(Verdict::refused);
    const CapturedSyslog log;
    EXPECT_EQ(echoing.enter(apache), PAM_PERM_DENIED);
    EXPECT_EQ(echoing.answers, (Texts{"NULL", "NULL", "NULL"}));
    EXPECT_EQ(log.lines().size(), 1U);
    Offer hidden(Verdict::refused, false);
    EXPECT_EQ(hidden.enter(apache), PAM_PERM_DENIED);
    EXPECT_EQ(hidden.answers, (Texts{"secret", "secret", "secret"}));
}

TEST_F(Account, MissingConversationIsNoAnswer) {
    Offer offer(Verdict::refused);
    const CapturedSyslog log;
    PamHost host(module_alone("socket=" + offer.socket()), "alice", typing({}));
    const pam_conv none{.conv = nullptr, .appdata_ptr = nullptr};
    ASSERT_EQ(::pam_set_item(host.handle(), PAM_CONV, &none), PAM_SUCCESS);
    EXPECT_EQ(host.account(), PAM_PERM_DENIED);
    offer.finish();
    EXPECT_EQ(offer.answers, (Texts{"NULL", "NULL", "NULL"}));
    EXPECT_EQ(log.lines().size(), 1U);
}

TEST_F(Account, PasswordsDoNotTravelHere) {
    Offer offer(Verdict::accepted, false, 6);
    EXPECT_EQ(offer.enter(typing({"pw492039", "pw492039", "pw492039"}), "prompt=combined use_first_pass"),
              PAM_SUCCESS);
    EXPECT_FALSE(offer.hello.combined);
    EXPECT_EQ(offer.answers, (Texts{"pw492039", "pw492039", "pw492039"}));
}

TEST_F(Account, ChangedUserIsDenied) {
    Offer offer(Verdict::not_needed);
    const CapturedSyslog log;
    PamHost* self = nullptr;
    PamHost host(module_then_permit("socket=" + offer.socket()), "alice", [&](const Heard&) {
        self->set(PAM_USER, "root");
        return Said{.text = "1"};
    });
    self = &host;
    EXPECT_EQ(host.account(), PAM_PERM_DENIED);
    EXPECT_NE(log.text().find("PAM_USER changed"), std::string::npos);
}

TEST_F(Account, OrdinaryProgramIsAskedForNothing) {
    Offer offer(Verdict::refused);
    offer.let_everybody_in();
    const CapturedSyslog log;
    PamHost host(module_then_permit("socket=" + offer.socket()), "alice", typing({}));
    {
        const OrdinaryUser guard;
        EXPECT_EQ(host.account(), PAM_SUCCESS);
    }
    offer.finish();
    EXPECT_EQ(offer.hello.user, "");  // no connection was made
    EXPECT_EQ(log.text(), "");
}

TEST_F(Account, HangingUpIsAnOutage) {
    const FakeService service([](Peer& peer) { peer.hears(); });
    const CapturedSyslog quiet;
    PamHost host(module_then_permit("socket=" + service.socket()), "alice", typing({}));
    EXPECT_EQ(host.account(), PAM_AUTHINFO_UNAVAIL);
}

TEST_F(Account, AskingWithoutEndIsAnOutage) {
    const FakeService service([](Peer& peer) {
        peer.hears();
        do {
            peer.says(wire::Ask{.text = "?"});
        } while (peer.hears());
    });
    const CapturedSyslog quiet;
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({}));
    EXPECT_EQ(host.account(), PAM_AUTHINFO_UNAVAIL);
}

}  // namespace
}  // namespace secondstep::testing
