// Setting up an address that codes are sent to, at the first login; and what a late report changes.

#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

using delivery::Cause;
using delivery::DeliveryOutcome;
using delivery::MessagePurpose;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::no_answer;
using testing::OpenDialogue;
using testing::Typed;

// bob is not enrolled and has to be; what they set up is mail, to bob@example.com.
class AddressAtFirstLogin : public testing::Conversation {
  protected:
    AddressAtFirstLogin() {
        configure("methods = totp, mail\naction = enroll\nenrollment = open\n");
        world_.add_person("bob", 1003);
    }
    [[nodiscard]] dialogue::Request bobs() { return in_account_phase("bob", Proof::first_factor); }
    std::string give_bob_a_registration_code() {
        const Secret code = otp::make_one_time_code(world_.randomness);
        const RecordName record = RecordName::of(*AccountName::create("bob"));
        world_.store->record("bob").state.registration =
            make_grant(*world_.keyring, record, GrantKind::registration,
                       *otp::normalize_one_time_code(code.text()), world_.clock.now() + std::chrono::hours{1})
                .value();
        return std::string(code.text());
    }
    [[nodiscard]] std::size_t codes_sent() const { return world_.courier.sent(MessagePurpose::code).size(); }
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

TEST_F(AddressAtFirstLogin, WhoComesBackAndProvesTheSameConfirmsItWithTheCodeThatCameLate) {
    configure("methods = totp, mail\naction = enroll\n");
    const std::vector<Typed> answers{"m", give_bob_a_registration_code(), "bob@example.com"};
    OpenDialogue first(world_, bobs());
    first.type(answers);
    OpenDialogue second(world_, bobs());
    second.type(answers);
    EXPECT_EQ(codes_sent(), 1U);
    second.type({world_.courier.last_code()});
    EXPECT_TRUE(is_enrolled());
}

// Where the password is all that was shown, the code of one dialogue confirms nothing in another.
TEST_F(AddressAtFirstLogin, NobodyElseWithThePasswordConfirmsItWithThatCode) {
    OpenDialogue first(world_, bobs());
    first.type(address_);
    const std::string code_of_first = world_.courier.last_code();
    OpenDialogue second(world_, bobs());
    second.type(address_);
    EXPECT_EQ(codes_sent(), 2U);
    second.type({code_of_first});
    EXPECT_FALSE(is_enrolled());
}

// Of two addresses of one network neither confirms what was sent for the other.
TEST_F(AddressAtFirstLogin, NobodyAtTheNextAddressConfirmsItWithThatCode) {
    configure("methods = totp, mail\naction = enroll\n");
    const std::vector<Typed> answers{"m", give_bob_a_registration_code(), "bob@example.com"};
    OpenDialogue here(world_, bobs());
    here.type(answers);
    const std::string code_of_here = world_.courier.last_code();
    dialogue::Request there = bobs();
    there.rhost = "192.0.2.8";
    there.proof = world_.proof_for(there, Proof::first_factor);
    OpenDialogue elsewhere(world_, there);
    elsewhere.type(answers);
    EXPECT_EQ(codes_sent(), 2U);
    elsewhere.type({code_of_here});
    EXPECT_FALSE(is_enrolled());
}

// A server that stays silent is given up after 15 seconds; nobody waits so long for the question.
TEST_F(AddressAtFirstLogin, AnAddressThatWasNotReachedAfterAllGetsAnotherCodeWhenItIsNamedAgain) {
    world_.courier.silent = true;
    OpenDialogue dialogue(world_, bobs());
    dialogue.type(address_);
    ASSERT_EQ(codes_sent(), 1U);
    world_.courier.report_all({DeliveryOutcome::failed, Cause::no_answer, ""});
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
    world_.courier.report_all({DeliveryOutcome::failed, Cause::no_answer, ""});
    OpenDialogue dialogue(world_, bobs());
    dialogue.type(address_);
    EXPECT_EQ(codes_sent(), 2U);
}

}  // namespace
}  // namespace secondstep
