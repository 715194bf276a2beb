// Passwords that travel between modules: use_first_pass, try_first_pass, prompt=combined. `pam_exec
// expose_authtok` is the other module: it asks for a password when there is none, and gives it to a program.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "fake_service.h"
#include "stack.h"
#include "support/captured_syslog.h"
#include "support/pam_host.h"

namespace secondstep::testing {
namespace {

const std::string asks_for_password = "auth required pam_exec.so expose_authtok quiet /bin/true\n";

// Asks until an answer is `right`, three times at most.
class Questions {
  public:
    explicit Questions(const std::string& right, std::uint8_t combined_length = 0)
        : service_([this, right, combined_length](Peer& peer) {
              peer.hears();
              for (int tries = 0; tries < 3; ++tries) {
                  peer.says(wire::Ask{.text = "code: ", .combined_length = combined_length});
                  answers.push_back(peer.hears_answer());
                  if (answers.back() == right) return peer.says(wire::End{.verdict = Verdict::accepted});
                  peer.says(wire::Show{.style = wire::Style::error, .text = Secret::copy_of("Not accepted")});
              }
              peer.says(wire::End{.verdict = Verdict::refused});
          }) {}

    int login(const std::string& before, const std::string& arguments, const std::string& after,
              Conversation conversation) {
        PamHost host(before + module_alone("socket=" + service_.socket() + " " + arguments) + "\n" + after,
                     "alice", std::move(conversation));
        const int code = host.authenticate();
        service_.finish();
        prompts = host.prompts();
        errors = std::ranges::count(host.heard(), PAM_ERROR_MSG, &Heard::style);
        return code;
    }

    std::vector<std::string> answers;
    std::vector<std::string> prompts;
    std::ptrdiff_t errors = 0;

  private:
    FakeService service_;
};

using Texts = std::vector<std::string>;

TEST(Passwords, UseFirstPassAnswersWithoutAPrompt) {
    Questions service("492039");
    EXPECT_EQ(service.login(asks_for_password, "use_first_pass", "", typing({"492039"})), PAM_SUCCESS);
    EXPECT_EQ(service.answers, (Texts{"492039"}));
    EXPECT_EQ(service.prompts, (Texts{"Password: "}));
}

TEST(Passwords, UseFirstPassNeverAsksAgain) {
    Questions service("492039");
    EXPECT_EQ(service.login(asks_for_password, "use_first_pass", "", typing({"000000", "492039"})),
              PAM_AUTH_ERR);
    EXPECT_EQ(service.answers, (Texts{"000000", "HUNG UP", "HUNG UP"}));
    EXPECT_EQ(service.prompts, (Texts{"Password: "}));
}

TEST(Passwords, UseFirstPassWithoutAnEarlierModuleIsRefusedAndLogged) {
    Questions service("492039");
    const CapturedSyslog log;
    EXPECT_EQ(service.login("", "use_first_pass", "", typing({"492039"})), PAM_AUTH_ERR);
    EXPECT_TRUE(service.prompts.empty());
    EXPECT_NE(log.text().find("use_first_pass: no earlier module"), std::string::npos);
}

TEST(Passwords, TryFirstPassAsksWhenThatWasWrong) {
    Questions service("492039");
    EXPECT_EQ(service.login(asks_for_password, "try_first_pass", "", typing({"secret", "492039"})),
              PAM_SUCCESS);
    EXPECT_EQ(service.answers, (Texts{"secret", "492039"}));
    EXPECT_EQ(service.prompts, (Texts{"Password: ", "code: "}));
}

TEST(Passwords, TryFirstPassAsksWhenThereIsNone) {
    Questions service("492039");
    EXPECT_EQ(service.login("", "try_first_pass", "", typing({"492039"})), PAM_SUCCESS);
    EXPECT_EQ(service.prompts, (Texts{"code: "}));
}

TEST(Passwords, NobodyIsToldOfARefusalOfWhatHeDidNotType) {
    Questions tried("492039");
    EXPECT_EQ(tried.login(asks_for_password, "try_first_pass", "", typing({"secret", "000000", "492039"})),
              PAM_SUCCESS);
    EXPECT_EQ(tried.errors, 1);  // of the code
    Questions insisted("492039");
    EXPECT_EQ(insisted.login(asks_for_password, "use_first_pass", "", typing({"secret"})), PAM_AUTH_ERR);
    EXPECT_EQ(insisted.errors, 0);
}

TEST(Passwords, WithoutAnArgumentAnEarlierPasswordStaysOut) {
    Questions service("492039");
    EXPECT_EQ(service.login(asks_for_password, "", "", typing({"secret", "492039"})), PAM_SUCCESS);
    EXPECT_EQ(service.answers, (Texts{"492039"}));
}

// A later module that writes down which password it was given.
class NextModule {
  public:
    NextModule() {
        std::ofstream(directory_.file("note")) << "#!/bin/sh\ncat > " << directory_.file("password") << "\n";
        ::chmod(directory_.file("note").c_str(), 0700);
    }
    [[nodiscard]] std::string line() const {
        return "auth required pam_exec.so expose_authtok quiet " + directory_.file("note") + "\n";
    }
    [[nodiscard]] std::string password() const {
        std::ostringstream text;
        text << std::ifstream(directory_.file("password")).rdbuf();
        return text.str().substr(0, text.str().find('\0'));
    }

  private:
    TemporaryDirectory directory_;
};

TEST(Passwords, CombinedGivesTheCodeToTheServiceAndTheRestToTheNextModule) {
    Questions service("492039", 6);
    const NextModule next;
    EXPECT_EQ(service.login("", "prompt=combined", next.line(), typing({"correct horse492039"})),
              PAM_SUCCESS);
    EXPECT_EQ(service.answers, (Texts{"492039"}));
    EXPECT_EQ(service.prompts, (Texts{"code: "}));  // the next module did not ask
    EXPECT_EQ(next.password(), "correct horse");
}

TEST(Passwords, CombinedTakesARecoveryCodeWithItsDashes) {
    Questions service("7K3M-9QXT-2HVB-W4ZD", 6);
    const NextModule next;
    EXPECT_EQ(service.login("", "prompt=combined", next.line(), typing({"pw7K3M-9QXT-2HVB-W4ZD"})),
              PAM_SUCCESS);
    EXPECT_EQ(next.password(), "pw");
}

TEST(Passwords, CombinedKeepsThePasswordThatWentWithTheRightCode) {
    Questions service("492039", 6);
    const NextModule next;
    EXPECT_EQ(service.login("", "prompt=combined", next.line(), typing({"wrong000000", "right492039"})),
              PAM_SUCCESS);
    EXPECT_EQ(next.password(), "right");
}

// A program with one field answers every question with it.
TEST(Passwords, CombinedIsJudgedOnceHoweverOftenItIsRepeated) {
    Questions service("492039", 6);
    EXPECT_EQ(service.login("", "prompt=combined", "", typing({"pw000000", "pw000000", "pw000000"})),
              PAM_AUTH_ERR);
    EXPECT_EQ(std::ranges::count(service.answers, "000000"), 1);
    EXPECT_EQ(service.prompts.size(), 2U);
}

TEST(Passwords, CombinedSplitsWhatAnEarlierModuleAskedFor) {
    Questions service("492039", 6);
    const NextModule next;
    EXPECT_EQ(
        service.login(asks_for_password, "prompt=combined use_first_pass", next.line(), typing({"pw492039"})),
        PAM_SUCCESS);
    EXPECT_EQ(service.answers, (Texts{"492039"}));
    EXPECT_EQ(next.password(), "pw");
}

TEST(Passwords, CombinedWithTooLittleTypedLeavesNoPassword) {
    Questions service("?", 6);
    const NextModule next;
    EXPECT_EQ(service.login("", "prompt=combined", next.line(), typing({"?", "asked by the next"})),
              PAM_SUCCESS);
    EXPECT_EQ(next.password(), "asked by the next");
}

TEST(Passwords, CombinedTooLongIsReportedAndNotSplit) {
    Questions service("TOO LONG", 6);
    const NextModule next;
    EXPECT_EQ(service.login("", "prompt=combined", next.line(),
                            typing({std::string(513, '1'), "asked by the next"})),
              PAM_SUCCESS);
    EXPECT_EQ(next.password(), "asked by the next");
}

}  // namespace
}  // namespace secondstep::testing
