// A service that ends while its question stands (an upgrade, a crash): what the person types is given to the next one,
// once, and only where nobody has judged it.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "fake_service.h"
#include "stack.h"
#include "support/captured_syslog.h"
#include "support/pam_host.h"

namespace secondstep::testing {
namespace {

using Script = std::function<void(Peer&)>;

// The services that are started one after the other; the last of them stays.
class Restarts {
  public:
    explicit Restarts(std::vector<Script> scripts)
        : scripts_(std::move(scripts)), service_([this](Peer& peer) { play(peer); }) {}

    // The first service goes while this question, counted from 1, stands; it is answered after that.
    int log_in(int question = 1) {
        const CapturedSyslog log;
        const std::shared_future<void> first_is_over = first_is_over_.get_future().share();
        PamHost host(module_alone("socket=" + service_.socket()), "alice", [&](const Heard& heard) {
            if (heard.style != PAM_PROMPT_ECHO_OFF) return Said{};
            if (++typed_ >= question) first_is_over.wait();
            return Said{.text = "49203" + std::to_string(typed_)};
        });
        const int code = host.authenticate();
        service_.finish();
        for (const Heard& heard : host.heard())
            heard_.push_back(heard.text);
        log_ = log.text();
        return code;
    }
    [[nodiscard]] const std::vector<std::string>& heard() const { return heard_; }
    [[nodiscard]] const std::string& log() const { return log_; }
    [[nodiscard]] std::size_t started() const { return started_; }

  private:
    void play(Peer& peer) {
        scripts_[std::min(started_++, scripts_.size() - 1)](peer);
        peer.hangs_up();
        if (started_ == 1) first_is_over_.set_value();
    }

    std::vector<Script> scripts_;
    std::size_t started_ = 0;
    int typed_ = 0;
    std::promise<void> first_is_over_;
    std::vector<std::string> heard_;
    std::string log_;
    FakeService service_;
};

wire::Show hint() {
    return {.style = wire::Style::info, .text = Secret::copy_of("A code, please.")};
}

void asks_and_ends(Peer& peer) {
    peer.hears();
    peer.says_at_once(hint(), wire::Ask{.text = "Code: "});
    peer.says(wire::End{.verdict = Verdict::unavailable});
}

Script asks(std::string question, std::string expected, Verdict verdict) {
    return [=](Peer& peer) {
        peer.hears();
        peer.says_at_once(hint(), wire::Ask{.text = question});
        EXPECT_EQ(peer.hears_answer(), expected);
        peer.says(wire::End{.verdict = verdict});
    };
}

using Texts = std::vector<std::string>;

TEST(RestartedService, IsGivenWhatWasTypedAtThePromptOfTheOneBefore) {
    Restarts restarts({asks_and_ends, asks("Code: ", "492031", Verdict::accepted)});
    EXPECT_EQ(restarts.log_in(), PAM_SUCCESS);
    EXPECT_EQ(restarts.heard(), (Texts{"A code, please.", "Code: "})) << "asked once";
    EXPECT_EQ(restarts.log(), "");
}

TEST(RestartedService, ThatWasKilledIsNoDifference) {
    Restarts restarts({[](Peer& peer) {
                           peer.hears();
                           peer.says_at_once(hint(), wire::Ask{.text = "Code: "});
                       },
                       asks("Code: ", "492031", Verdict::refused)});
    EXPECT_EQ(restarts.log_in(), PAM_AUTH_ERR);
    EXPECT_EQ(restarts.heard(), (Texts{"A code, please.", "Code: "}));
}

// Ended between the connection and the question: nobody was told anything, and nobody notices.
TEST(RestartedService, IsAskedInThePlaceOfOneThatSaidNothing) {
    for (const bool has_read : {true, false}) {
        Restarts restarts({[has_read](Peer& peer) {
                               if (has_read) peer.hears();
                           },
                           asks_and_ends, asks("Code: ", "492031", Verdict::accepted)});
        EXPECT_EQ(restarts.log_in(), PAM_SUCCESS) << has_read;
        EXPECT_EQ(restarts.heard(), (Texts{"A code, please.", "Code: "})) << has_read;
        EXPECT_EQ(restarts.log(), "") << has_read;
    }
}

// The answer came when the last word was said, and the service was not gone yet.
TEST(RestartedService, IsGivenWhatCameBetweenTheLastWordAndTheEnd) {
    int started = 0;
    FakeService service([&](Peer& peer) {
        if (++started == 2) return asks("Code: ", "492031", Verdict::accepted)(peer);
        peer.hears();
        peer.says(wire::Ask{.text = "Code: "});
        peer.waits_for_an_answer();
        peer.says(wire::End{.verdict = Verdict::unavailable});
        peer.is_heard();
    });
    PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492031"}));
    EXPECT_EQ(host.authenticate(), PAM_SUCCESS);
    service.finish();
    EXPECT_EQ(started, 2);
}

// Several may end before one stays; what is said after the answer is shown at once.
TEST(RestartedService, MayBeTheThird) {
    Restarts restarts({asks_and_ends, asks_and_ends, [](Peer& peer) {
                           peer.hears();
                           peer.says_at_once(hint(), wire::Ask{.text = "Code: "});
                           EXPECT_EQ(peer.hears_answer(), "492031");
                           peer.says_at_once(wire::Show{.text = Secret::copy_of("Wrong.")},
                                             wire::Ask{.text = "Again: "});
                           EXPECT_EQ(peer.hears_answer(), "492032");
                           peer.says(wire::End{.verdict = Verdict::accepted});
                       }});
    EXPECT_EQ(restarts.log_in(), PAM_SUCCESS);
    EXPECT_EQ(restarts.heard(), (Texts{"A code, please.", "Code: ", "Wrong.", "Again: "}));
}

TEST(RestartedService, ThatAsksSomethingElseIsAnsweredByThePerson) {
    Restarts restarts({asks_and_ends, asks("Choice: ", "492032", Verdict::accepted)});
    EXPECT_EQ(restarts.log_in(), PAM_SUCCESS);
    EXPECT_EQ(restarts.heard(), (Texts{"A code, please.", "Code: ", "A code, please.", "Choice: "}));
}

TEST(RestartedService, ThatAsksNothingIsHeard) {
    Restarts restarts({asks_and_ends, [](Peer& peer) {
                           peer.hears();
                           peer.says_at_once(hint(), wire::End{.verdict = Verdict::refused});
                       }});
    EXPECT_EQ(restarts.log_in(), PAM_AUTH_ERR);
    EXPECT_EQ(restarts.heard(), (Texts{"A code, please.", "Code: ", "A code, please."}));
}

// Whoever could end every service would hold the login for ever.
TEST(RestartedService, IsAskedTwice) {
    Restarts restarts({asks_and_ends});
    EXPECT_EQ(restarts.log_in(), PAM_AUTHINFO_UNAVAIL);
    EXPECT_EQ(restarts.started(), 3U);
    EXPECT_EQ(restarts.heard(), (Texts{"A code, please.", "Code: "}));
    EXPECT_NE(restarts.log().find("unavailable: the log of secondstepd says why"), std::string::npos)
        << restarts.log();
}

// Read, and perhaps judged: another service is not to judge it once more.
TEST(RestartedService, DoesNotHearWhatTheOneBeforeHasRead) {
    for (const bool says_so : {true, false}) {
        const CapturedSyslog quiet;
        int started = 0;
        FakeService service([&](Peer& peer) {
            ++started;
            peer.hears();
            peer.says(wire::Ask{.text = "Code: "});
            peer.hears();
            if (says_so) peer.says(wire::End{.verdict = Verdict::unavailable});
        });
        PamHost host(module_alone("socket=" + service.socket()), "alice", typing({"492031"}));
        EXPECT_EQ(host.authenticate(), PAM_AUTHINFO_UNAVAIL) << says_so;
        service.finish();
        EXPECT_EQ(started, 1) << says_so;
    }
}

// The first answer was judged, and the next question is about it.
TEST(RestartedService, IsNotToldALaterAnswer) {
    Restarts restarts({[](Peer& peer) {
        peer.hears();
        peer.says(wire::Ask{.text = "Code: "});
        peer.hears();
        peer.says(wire::Ask{.text = "Again: "});
        peer.says(wire::End{.verdict = Verdict::unavailable});
    }});
    EXPECT_EQ(restarts.log_in(2), PAM_AUTHINFO_UNAVAIL);
    EXPECT_EQ(restarts.started(), 1U);
    EXPECT_EQ(restarts.heard(), (Texts{"Code: ", "Again: "}));
}

// What a service decided for itself stands, even if it has not waited for the answer.
TEST(RestartedService, IsNotAskedAfterAVerdict) {
    Restarts restarts({[](Peer& peer) {
                           peer.hears();
                           peer.says(wire::Ask{.text = "Code: "});
                           peer.says(wire::End{.verdict = Verdict::cancelled});
                       },
                       asks("Code: ", "492031", Verdict::accepted)});
    EXPECT_EQ(restarts.log_in(), PAM_CONV_ERR);
    EXPECT_EQ(restarts.started(), 1U);
}

}  // namespace
}  // namespace secondstep::testing
