// Setting up codes by mail and SMS inside a conversation.

#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

using delivery::Cause;
using delivery::Channel;
using delivery::DeliveryOutcome;
using delivery::MessagePurpose;
using dialogue::Request;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::no_answer;
using ::testing::Not;
using testing::OpenDialogue;
using testing::Transcript;
using testing::Typed;

const std::string address = "alice@example.com";
const std::string number = "+49151234567";

class AddressEnrollment : public testing::Conversation {
  protected:
    AddressEnrollment() {
        configure("");
        world_.add_person("bob", 1001);
    }
    void configure(const std::string& text) { Conversation::configure("methods = totp, mail, sms\n" + text); }
    [[nodiscard]] std::vector<Typed> restoring(const std::vector<Typed>& rest) {
        std::vector<Typed> answers{"?", "2", recovery_code(next_code_++)};
        answers.insert(answers.end(), rest.begin(), rest.end());
        return answers;
    }
    [[nodiscard]] bool has_address(const std::string& text) {
        const auto& destination = record().credential->destination;
        return destination && destination->address.text() == text;
    }
    [[nodiscard]] std::string sent_code() const { return world_.courier.last_code(); }
    [[nodiscard]] std::size_t codes_sent() const { return world_.courier.sent(MessagePurpose::code).size(); }
    [[nodiscard]] bool old_is_valid() {
        return !record().credential->authenticators.empty() &&
               record().credential->authenticators.front().id == old_;
    }
    // Up to the question for the code of the message.
    void type_up_to_the_code(OpenDialogue& dialogue, const std::string& to = address) {
        dialogue.type(restoring({"m", to}));
        ASSERT_EQ(dialogue.texts().back(), messages::sent_code_prompt);
    }

    AuthenticatorId old_ = authenticator();

  private:
    std::size_t next_code_ = 0;
};

TEST_F(AddressEnrollment, TheCodeInTheMessageMakesTheAddressTheSecondStep) {
    OpenDialogue dialogue(world_, request());
    type_up_to_the_code(dialogue);
    EXPECT_TRUE(old_is_valid()) << "until the new one is confirmed";
    ASSERT_EQ(codes_sent(), 1U);
    EXPECT_EQ(world_.courier.sent(MessagePurpose::code).front().to, address);
    EXPECT_THAT(dialogue.texts(), Contains(HasSubstr("\nThe code was sent to the address provided.")));
    dialogue.type({sent_code(), "saved"});
    EXPECT_EQ(dialogue.verdict(), Verdict::accepted);
    EXPECT_THAT(dialogue.texts(),
                Contains(HasSubstr("Code successfully verified. 2FA method is set to MAIL.")));
    EXPECT_THAT(dialogue.texts(), Contains(HasSubstr("Without your mailbox and these")));
    EXPECT_TRUE(has_address(address));
    EXPECT_EQ(record().credential->method, Method::mail);
    EXPECT_TRUE(record().credential->authenticators.empty());
    EXPECT_FALSE(state().recovery.not_saved);
}

TEST_F(AddressEnrollment, TheOldWayIsVoidThen) {
    const std::string old_code = code();
    const std::string old_recovery = recovery_code(2);
    OpenDialogue dialogue(world_, request());
    type_up_to_the_code(dialogue);
    dialogue.type({sent_code(), "saved"});
    EXPECT_FALSE(logs_in_with(old_code));
    EXPECT_FALSE(logs_in_with(old_recovery));
    EXPECT_FALSE(logs_in_with(sent_code())) << "it confirmed the address and no more";
}

TEST_F(AddressEnrollment, AndBackAgainThroughEveryMethod) {
    OpenDialogue mail(world_, request());
    type_up_to_the_code(mail);
    mail.type({sent_code(), "saved"});
    ASSERT_TRUE(has_address(address));

    state().enrollment_forced = true;  // re-enroll: the present code opens the way
    world_.pass(seconds{2});
    OpenDialogue sms(world_, request());
    sms.type({sent_code(), "s", "+49 151 234 567"});
    sms.type({sent_code(), "saved"});
    EXPECT_EQ(sms.verdict(), Verdict::accepted);
    EXPECT_THAT(sms.texts(), Contains(HasSubstr("2FA method is set to SMS.")));
    EXPECT_TRUE(has_address(number));

    state().enrollment_forced = true;
    world_.pass(minutes{16});
    OpenDialogue totp(world_, request());
    totp.type({sent_code(), "t"});
    totp.type({code_of_the_shown_key(), "saved"});
    EXPECT_EQ(totp.verdict(), Verdict::accepted);
    EXPECT_THAT(totp.texts(), Contains(HasSubstr("2FA method is set to TOTP.")));
    EXPECT_FALSE(record().credential->destination);
    world_.pass(seconds{60});
    EXPECT_TRUE(logs_in_with(code()));
}

TEST_F(AddressEnrollment, HangingUpBeforeTheCodeChangesNothing) {
    for (const std::vector<Typed>& answers :
         {std::vector<Typed>{no_answer}, {"m", no_answer}, {"m", address, no_answer}}) {
        EXPECT_EQ(log_in(restoring(answers)).verdict, Verdict::cancelled);
        EXPECT_TRUE(old_is_valid());
        world_.pass(seconds{2});
    }
    EXPECT_TRUE(logs_in_with(code()));
}

TEST_F(AddressEnrollment, ThreeWrongCodesChangeNothing) {
    const Transcript login = log_in(restoring({"m", address, "00000000", "nonsense", "00000000"}));
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_THAT(login.texts, Contains(HasSubstr("Nothing was changed")));
    EXPECT_TRUE(old_is_valid());
}

TEST_F(AddressEnrollment, AfterThreeWrongOnesTheCodeIsVoidInTheNextDialogueToo) {
    const auto wrong_ones = restoring({"m", address, "00000000", "00000000", "00000000"});
    EXPECT_EQ(log_in(wrong_ones).verdict, Verdict::refused);
    const std::string first = sent_code();
    world_.pass(seconds{2});
    OpenDialogue dialogue(world_, request());
    type_up_to_the_code(dialogue);
    EXPECT_EQ(codes_sent(), 2U);
    dialogue.type({first});
    EXPECT_TRUE(old_is_valid());
}

TEST_F(AddressEnrollment, WhoReconnectsConfirmsWithTheCodeThatWasLate) {
    EXPECT_EQ(log_in(restoring({"m", address, no_answer})).verdict, Verdict::cancelled);
    world_.pass(minutes{2});
    OpenDialogue dialogue(world_, request());
    dialogue.type({"?", "2", recovery_code(0), "m", address});  // the same code resumes
    ASSERT_EQ(dialogue.texts().back(), messages::sent_code_prompt);
    EXPECT_EQ(codes_sent(), 1U) << "the first one is good still";
    dialogue.type({sent_code(), "saved"});
    EXPECT_TRUE(has_address(address));
}

TEST_F(AddressEnrollment, ACodeForOneAddressConfirmsNoOther) {
    OpenDialogue dialogue(world_, request());
    type_up_to_the_code(dialogue);
    const std::string first = sent_code();
    dialogue.type({""});  // another address
    dialogue.type({"thief@example.com", first});
    EXPECT_TRUE(old_is_valid());
    dialogue.type({sent_code(), "saved"});
    EXPECT_TRUE(has_address("thief@example.com")) << "the control: its own code does";
}

TEST_F(AddressEnrollment, ACodeEnds) {
    OpenDialogue dialogue(world_, request());
    type_up_to_the_code(dialogue);
    world_.pass(seconds{301});
    dialogue.type({sent_code()});
    EXPECT_TRUE(old_is_valid());
}

TEST_F(AddressEnrollment, WhatIsNoAddressIsSaidAndAskedAgain) {
    const Transcript login = log_in(restoring({"m", "alice", "-o@example.com", address, no_answer}));
    EXPECT_EQ(codes_sent(), 1U);
    const Transcript sms = log_in(restoring({"s", "0151 234567", no_answer}));
    EXPECT_EQ(codes_sent(), 1U);
    EXPECT_THAT(sms.texts, Contains(HasSubstr("+")));
}

TEST_F(AddressEnrollment, SaysWhatItMeans) {
    const Transcript mail = log_in(restoring({"m", no_answer}));
    EXPECT_THAT(mail.texts, Contains(HasSubstr("Without that mailbox you cannot log in")));
    const Transcript sms = log_in(restoring({"s", no_answer}));
    EXPECT_THAT(sms.texts, Contains(HasSubstr("SMS is weak")));
}

TEST_F(AddressEnrollment, OnlyTheMethodsOfTheRuleAreOffered) {
    Conversation::configure("methods = totp\n");
    const Transcript app_only = log_in(restoring({"m", "s", no_answer}));
    EXPECT_EQ(codes_sent(), 0U);
    EXPECT_THAT(app_only.texts, Contains("QR picture or text (q/t): "));
    Conversation::configure("methods = sms\n");
    const Transcript sms_only = log_in(restoring({number, no_answer}));
    EXPECT_EQ(codes_sent(), 1U);
    EXPECT_THAT(sms_only.texts, Not(Contains(HasSubstr("QR"))));
}

TEST_F(AddressEnrollment, MessagesCountAgainstTheBudget) {
    for (int i = 0; i < 4; ++i) {
        OpenDialogue dialogue(world_, from("192.0.2." + std::to_string(10 + i)));
        dialogue.type({"?", "2"});
        state().recovery = {.id = record().credential->recovery->id};  // the code may be used each time
        world_.pass(seconds{2});
        dialogue.type({recovery_code(0), "m", "a" + std::to_string(i) + "@example.com"});
    }
    EXPECT_EQ(codes_sent(), 3U);
    EXPECT_EQ(state().sends.size(), 3U);
    EXPECT_TRUE(old_is_valid());
}

TEST_F(AddressEnrollment, TooManyMessagesAreSaid) {
    state().sends.assign(3, world_.clock.now());
    const Transcript login = log_in(restoring({"m", address}));
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_THAT(login.texts, Contains(messages::too_many_sent("")));
    EXPECT_EQ(codes_sent(), 0U);
}

TEST_F(AddressEnrollment, IsWrittenDownBeforeItIsSent) {
    std::size_t written = 0;
    world_.courier.on_send = [&] {
        if (written == 0) written = state().sends.size();
    };
    static_cast<void>(log_in(restoring({"m", address, no_answer})));
    EXPECT_EQ(written, 1U);
}

TEST_F(AddressEnrollment, WhatCannotBeWrittenDownIsNotSent) {
    OpenDialogue dialogue(world_, request());
    dialogue.type(restoring({"m"}));
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    dialogue.type({address});
    EXPECT_EQ(dialogue.verdict(), Verdict::unavailable);
    EXPECT_EQ(codes_sent(), 0U);
}

TEST_F(AddressEnrollment, AnAddressThatIsNotReachedIsSaidAndNotCounted) {
    world_.courier.report = {DeliveryOutcome::failed, Cause::recipient, "550 no such user"};
    const Transcript login = log_in(restoring({"m", address, no_answer}));
    EXPECT_THAT(login.texts, Contains(messages::address_not_reached("")));
    EXPECT_THAT(login.texts, Each(Not(HasSubstr("550"))));
    EXPECT_THAT(world_.journal.warnings.back(), HasSubstr("550"));
    EXPECT_TRUE(state().sends.empty());
    EXPECT_TRUE(old_is_valid());
}

TEST_F(AddressEnrollment, AFailureThatIsKnownLateIsSaidAtTheNextTurn) {
    world_.courier.silent = true;
    OpenDialogue dialogue(world_, request());
    type_up_to_the_code(dialogue);
    world_.courier.report_all({DeliveryOutcome::failed, Cause::no_answer, ""});
    dialogue.type({"00000000"});
    EXPECT_THAT(dialogue.texts(), Contains(messages::address_not_reached("")));
    EXPECT_TRUE(state().sends.empty());
}

TEST_F(AddressEnrollment, OfTwoTerminalsOneBecomesValid) {
    OpenDialogue first(world_, request());
    type_up_to_the_code(first);
    const std::string first_code = sent_code();
    world_.pass(seconds{2});
    OpenDialogue second(world_, from("192.0.2.99"));
    type_up_to_the_code(second, "other@example.com");
    const std::string second_code = sent_code();
    first.type({first_code});
    EXPECT_EQ(first.verdict(), Verdict::refused) << "the restore of the second one took its place";
    EXPECT_TRUE(old_is_valid());
    second.type({second_code, "saved"});
    EXPECT_TRUE(has_address("other@example.com"));
}

TEST_F(AddressEnrollment, AtTheFirstLogin) {
    configure("action = enroll\nenrollment = open\n");
    OpenDialogue dialogue(world_, in_account_phase("bob", Proof::first_factor));
    EXPECT_THAT(dialogue.texts(), Contains(HasSubstr("m = mail: a code is sent at every login")));
    dialogue.type({"m", "bob@example.com"});
    dialogue.type({sent_code(), "saved"});
    EXPECT_EQ(dialogue.verdict(), Verdict::accepted);
    const auto& credential = world_.store->record("bob").credential;
    ASSERT_TRUE(credential);
    EXPECT_EQ(credential->destination->address.text(), "bob@example.com");
}

TEST_F(AddressEnrollment, TheAddressBeforeIsToldAndTheNewOne) {
    world_.enroll_address("alice", 1000, Channel::mail, "old@example.com");
    state().enrollment_forced = true;
    OpenDialogue dialogue(world_, request());
    dialogue.type({sent_code(), "m", "new@example.com"});
    dialogue.type({sent_code(), "saved"});
    ASSERT_TRUE(has_address("new@example.com"));
    std::vector<std::string> told;
    for (const auto& notice : world_.courier.sent(MessagePurpose::notice)) {
        EXPECT_THAT(notice.notice, HasSubstr("was set up anew"));
        told.push_back(notice.to);
    }
    EXPECT_THAT(told, ::testing::UnorderedElementsAre("old@example.com", "new@example.com"));
}

}  // namespace
}  // namespace secondstep
