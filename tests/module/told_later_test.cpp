// sshd is told at the start of the session what others are told after the answer.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

#include "fake_service.h"
#include "stack.h"
#include "support/captured_syslog.h"
#include "support/pam_host.h"
#include "wire/service_link.h"

namespace secondstep::testing {
namespace {

// Notes every greeting, and shows a text in the account phase.
class Teller {
  public:
    Teller()
        : service_([this](Peer& peer) {
              const auto greeting = peer.hears();
              if (!greeting) return;
              greetings.push_back(std::get<wire::Hello>(*greeting));
              if (greetings.back().purpose == Purpose::account)
                  peer.says(wire::Show{.style = wire::Style::info,
                                       .text = Secret::copy_of("9 recovery codes left")});
              peer.says(wire::End{.verdict = Verdict::accepted});
          }) {}
    [[nodiscard]] std::string stack() const { return module_alone("socket=" + service_.socket()); }
    const std::vector<wire::Hello>& finished() {
        service_.finish();
        return greetings;
    }
    std::vector<wire::Hello> greetings;

  private:
    FakeService service_;
};

class ToldLater : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "sshd's sessions begin as root";
    }
};

TEST_F(ToldLater, InASessionOfSshdOnce) {
    Teller service;
    PamHost host(service.stack(), "alice", typing({}));
    host.set(PAM_TTY, "ssh");
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_TRUE(host.heard().empty());
    EXPECT_EQ(host.set_credentials(), PAM_SUCCESS);
    EXPECT_EQ(host.set_credentials(), PAM_SUCCESS) << "again, in the process of the session";
    ASSERT_EQ(host.heard().size(), 1U);
    EXPECT_EQ(host.heard().front().text, "9 recovery codes left");
    const auto& greetings = service.finished();
    ASSERT_EQ(greetings.size(), 2U);
    EXPECT_TRUE(greetings[0].told_later);
    EXPECT_EQ(greetings[1].purpose, Purpose::account);
    EXPECT_TRUE(greetings[1].told_later);
    EXPECT_TRUE(greetings[1].nobody_there);
}

TEST_F(ToldLater, NothingIsPutOffElsewhere) {
    Teller service;
    PamHost host(service.stack(), "alice", typing({}));
    host.set(PAM_TTY, "/dev/tty1");
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.set_credentials(), PAM_SUCCESS);
    EXPECT_TRUE(host.heard().empty());
    const auto& greetings = service.finished();
    ASSERT_EQ(greetings.size(), 1U);
    EXPECT_FALSE(greetings[0].told_later);
}

TEST_F(ToldLater, NotWhereNobodyIsToBeDisturbedAndNotAtTheEnd) {
    Teller service;
    PamHost host(service.stack(), "alice", typing({}));
    host.set(PAM_TTY, "ssh");
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    EXPECT_EQ(host.set_credentials(PAM_ESTABLISH_CRED | PAM_SILENT), PAM_SUCCESS);
    EXPECT_EQ(host.set_credentials(PAM_DELETE_CRED), PAM_SUCCESS);
    EXPECT_EQ(service.finished().size(), 1U);
}

TEST_F(ToldLater, AServiceThatIsGoneKeepsNobodyOut) {
    std::string stack;
    {
        const Teller service;
        stack = service.stack();
    }
    const CapturedSyslog quiet;
    PamHost host(stack, "alice", typing({}));
    host.set(PAM_TTY, "ssh");
    EXPECT_EQ(host.set_credentials(), PAM_SUCCESS);
}

// Ten seconds are for who wants to be let in; who is in already is not kept waiting for a notice.
TEST_F(ToldLater, AServiceThatIsSilentKeepsNobodyWaiting) {
    std::chrono::steady_clock::duration waited{};
    FakeService service([&waited](Peer& peer) {
        static_cast<void>(peer.hears());
        const auto begun = std::chrono::steady_clock::now();
        EXPECT_FALSE(peer.hears()) << "it hangs up";
        waited = std::chrono::steady_clock::now() - begun;
    });
    const CapturedSyslog quiet;
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({}));
    host.set(PAM_TTY, "ssh");
    EXPECT_EQ(host.set_credentials(), PAM_SUCCESS);
    service.finish();
    EXPECT_LT(waited, wire::ServiceLink::Options{}.answer_timeout / 2);
    EXPECT_TRUE(host.heard().empty());
}

// A line that was changed while somebody logs in.
TEST_F(ToldLater, ALineThatIsWrongKeepsNobodyOut) {
    const CapturedSyslog quiet;
    PamHost host(module_alone("no_such_argument"), "alice", typing({}));
    host.set(PAM_TTY, "ssh");
    EXPECT_EQ(host.set_credentials(), PAM_SUCCESS);
}

}  // namespace
}  // namespace secondstep::testing
