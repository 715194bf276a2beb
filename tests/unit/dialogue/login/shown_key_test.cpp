// What was shown to one is not shown to anybody else.

#include "dialogue/login/first_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/character_width.h"
#include "base/text.h"
#include "dialogue/make_dialogue.h"
#include "dialogue/texts/messages.h"
#include "unit/dialogue/login/first_login_fixture.h"

namespace secondstep {
namespace {

using dialogue::Request;
using testing::FirstLogin;
using testing::no_answer;
using testing::Typed;

class ShownKey : public FirstLogin {
  protected:
    // The screen with the key, for who comes from `rhost` and hangs up then.
    std::string screen(const std::string& rhost, const std::string& invitation) {
        Request request = this->request();
        request.rhost = rhost;
        request.proof = world_.proof_for(request, Proof::first_factor);
        std::vector<Typed> answers{"t"};
        if (!invitation.empty()) answers.emplace_back(invitation);
        answers.push_back(no_answer);
        const std::vector<std::string> texts = world_.login(request, answers).texts;
        for (const std::string& text : texts) {
            if (text.find("Key:") != std::string::npos) return text;
        }
        return "no key";
    }
};

TEST_F(ShownKey, IsShownAgainForAQuarterOfAnHourToWhoProvesTheSameAtTheSameAddress) {
    world_.configure("action = enroll\n");
    const std::string invitation = invite();
    const std::string before = screen("192.0.2.7", invitation);
    ASSERT_NE(before, "no key");
    EXPECT_EQ(screen("192.0.2.7", invitation), before);
    world_.pass(std::chrono::minutes{16});
    EXPECT_NE(screen("192.0.2.7", invitation), before);
}

// An attacker looks at the key and hangs up; the owner comes from the next address of the same network.
TEST_F(ShownKey, IsNotShownAgainAtAnotherAddressOfTheSameNetwork) {
    world_.configure("action = enroll\n");
    const std::string invitation = invite();
    EXPECT_NE(screen("192.0.2.7", invitation), screen("192.0.2.8", invitation));
}

TEST_F(ShownKey, IsNotShownAgainForAnotherProof) {
    world_.configure("action = enroll\n");
    const std::string before = screen("192.0.2.7", invite());
    EXPECT_NE(screen("192.0.2.7", invite()), before) << "the administrator gave a new registration code";
}

// Who knows the password alone is told nothing that somebody else who knows it was told.
TEST_F(ShownKey, IsNeverShownAgainWhereEnrollmentIsOpen) {
    EXPECT_NE(screen("192.0.2.7", ""), screen("192.0.2.7", ""));
}

}  // namespace
}  // namespace secondstep
