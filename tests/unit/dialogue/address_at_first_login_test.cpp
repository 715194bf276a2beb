// Setting up an address that codes are sent to, at the first login; and what a late report changes.

#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

using delivery::Cause;
using delivery::Outcome;
using delivery::Purpose;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::no_answer;
using testing::OpenDialogue;
using testing::Typed;

// bob is not enrolled and has to be; what he sets up is mail, to bob@example.com.
class AddressAtFirstLogin : public testing::Conversation {
  protected:
    AddressAtFirstLogin() {
        configure("methods = totp, mail\naction = enroll\nenrollment = open\n");
        world_.add_person("bob", 1003);
    }
    [[nodiscard]] dialogue::Request bobs() const {
        dialogue::Request request = in_account_phase();
        request.user = "bob";
        return request;
    }
    [[nodiscard]] std::size_t codes_sent() const { return world_.courier.sent(Purpose::code).size(); }
    [[nodiscard]] bool is_enrolled() const { return world_.store->record("bob").credential.has_value(); }
    const std::vector<Typed> address_ = {"m", "bob@example.com"};
};

TEST_F(AddressAtFirstLogin, IsStoredWhenTheCodeWasTypedThatWasSentThere) {
    OpenDialogue dialogue(world_, bobs());
    dialogue.type(address_);
    ASSERT_EQ(codes_sent(), 1U);
    EXPECT_FALSE(is_enrolled());
    dialogue.type({"00000000"});
    EXPECT_FALSE(is_enrolled());
    dialogue.type({world_.courier.last_code()});
    EXPECT_TRUE(is_enrolled());
    dialogue.type({"saved"});
    EXPECT_EQ(dialogue.verdict(), Verdict::accepted);
}

TEST_F(AddressAtFirstLogin, WhoComesBackConfirmsItWithTheCodeThatCameLate) {
    OpenDialogue first(world_, bobs());
    first.type(address_);
    OpenDialogue second(world_, bobs());
    second.type(address_);
    EXPECT_EQ(codes_sent(), 1U);
    second.type({world_.courier.last_code()});
    EXPECT_TRUE(is_enrolled());
}

// A server that stays silent is given up after 15 seconds; nobody waits so long for the question.
TEST_F(AddressAtFirstLogin, AnAddressThatWasNotReachedAfterAllGetsAnotherCodeWhenItIsNamedAgain) {
    world_.courier.silent = true;
    OpenDialogue dialogue(world_, bobs());
    dialogue.type(address_);
    ASSERT_EQ(codes_sent(), 1U);
    world_.courier.report_all({Outcome::failed, Cause::no_answer, ""});
    dialogue.type({"", "bob@example.com"});
    EXPECT_THAT(dialogue.texts(), Contains(HasSubstr("could not be sent there")));
    EXPECT_EQ(codes_sent(), 2U);
    dialogue.type({world_.courier.last_code()});
    EXPECT_TRUE(is_enrolled());
}

TEST_F(AddressAtFirstLogin, SoDoesWhoHungUpMeanwhile) {
    world_.courier.silent = true;
    {
        OpenDialogue dialogue(world_, bobs());
        dialogue.type(address_);
    }
    world_.courier.report_all({Outcome::failed, Cause::no_answer, ""});
    OpenDialogue dialogue(world_, bobs());
    dialogue.type(address_);
    EXPECT_EQ(codes_sent(), 2U);
}

}  // namespace
}  // namespace secondstep
