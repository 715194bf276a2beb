// The account phase: who must enroll does so here.

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
using ::testing::Contains;
using ::testing::Each;
using testing::FirstLogin;
using ::testing::HasSubstr;
using testing::no_answer;
using ::testing::Not;
using testing::Transcript;
using testing::Typed;

TEST_F(FirstLogin, EnrollsAndTheCodeThatConfirmedIsUsedUp) {
    const Typed code = code_of_the_shown_key();
    const Transcript login = log_in({"t", code, "saved"});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_THAT(login.texts, Contains(HasSubstr("2FA method is set to TOTP.")));
    ASSERT_TRUE(is_enrolled());
    EXPECT_TRUE(state().enrolled);
    EXPECT_FALSE(state().recovery.not_saved);
    EXPECT_EQ(state().notice.change, Change::enrolled);
    EXPECT_EQ(state().notice.from, "192.0.2.7");
    EXPECT_EQ(dialogue::to_text(world_.journal.changes.back().proof), "open");
    EXPECT_EQ(world_.login("bob", {world_.code("bob"), no_answer}).verdict, Verdict::cancelled);
    world_.pass(std::chrono::seconds{30});
    EXPECT_EQ(world_.login("bob", {world_.code("bob")}).verdict, Verdict::accepted);
}

TEST_F(FirstLogin, TheOwnerIsToldOfTheChangeForADay) {
    ASSERT_EQ(log_in({"t", code_of_the_shown_key(), "saved"}).verdict, Verdict::accepted);
    world_.pass(std::chrono::hours{23});
    for (int i = 0; i < 2; ++i) {
        world_.pass(std::chrono::seconds{30});
        EXPECT_THAT(world_.login("bob", {world_.code("bob")}).texts, Contains(HasSubstr("was changed on")));
    }
    world_.pass(std::chrono::hours{1});
    EXPECT_THAT(world_.login("bob", {world_.code("bob")}).texts, Each(Not(HasSubstr("was changed on"))));
}

TEST_F(FirstLogin, TheOwnerIsToldOfTheChangeAfterADayToo) {
    ASSERT_EQ(log_in({"t", code_of_the_shown_key(), "saved"}).verdict, Verdict::accepted);
    world_.pass(std::chrono::hours{72});
    EXPECT_THAT(world_.login("bob", {world_.code("bob")}).texts, Contains(HasSubstr("was changed on")));
    world_.pass(std::chrono::seconds{30});
    EXPECT_THAT(world_.login("bob", {world_.code("bob")}).texts, Each(Not(HasSubstr("was changed on"))));
}

// An administrator who gave the code to the wrong person takes it back while that person looks at the key.
TEST_F(FirstLogin, ARegistrationCodeThatIsTakenBackOrReplacedMeanwhileEnrollsNobody) {
    world_.configure("action = enroll\nrecovery_codes = 3\n");
    for (const bool replaced : {false, true}) {
        SCOPED_TRACE(replaced);
        const std::string code = invite();
        testing::OpenDialogue login(world_, request_with(Proof::first_factor));
        login.type({"t", code});
        if (replaced) {
            static_cast<void>(invite());
        } else {
            world_.store->record("bob").state.registration = {};
        }
        login.type({code_of_the_shown_key()});
        EXPECT_EQ(login.verdict(), Verdict::refused);
        EXPECT_FALSE(is_enrolled());
        EXPECT_EQ(state().registration.given, replaced) << "the new one is not used up";
    }
}

TEST_F(FirstLogin, UntilTheDeadlineItCanBeDeclinedAndTheDaysAreShown) {
    world_.configure("action = enroll\nenrollment = open\nenroll_until = 2027-01-20\n");
    for (const Typed& declining : {Typed(""), no_answer, testing::overlong_answer}) {
        const Transcript login = log_in({declining});
        EXPECT_EQ(login.verdict == Verdict::not_needed, login.ended) << "an answer too long is asked again";
    }
    EXPECT_THAT(log_in({""}).texts.front(), HasSubstr("after 20 January (5 days left)"));
    EXPECT_THAT(log_in({""}).texts.front(), HasSubstr("Enter = not now"));
    EXPECT_FALSE(is_enrolled());
    world_.clock.advance(std::chrono::days{6});
    EXPECT_THAT(log_in({no_answer}).texts.front(), Not(HasSubstr("Enter = not now")));
    EXPECT_EQ(log_in({no_answer}).verdict, Verdict::refused);
    EXPECT_EQ(log_in({"", "", ""}).verdict, Verdict::refused);
    EXPECT_EQ(world_.last_decision().reason, "not enrolled, and it is due");
}

TEST_F(FirstLogin, NothingIsDueUnderOtherActionsOrForWhoIsEnrolled) {
    for (const char* action : {"allow", "require", "exempt"}) {
        world_.configure(std::string("action = ") + action + "\n");
        EXPECT_EQ(log_in({}).verdict, Verdict::not_needed) << action;
    }
    world_.configure("action = enroll\n");
    world_.enroll("bob", 1001);
    EXPECT_EQ(log_in({}).verdict, Verdict::not_needed);
    EXPECT_TRUE(world_.journal.decisions.empty()) << "every login passes here: no line";
}

TEST_F(FirstLogin, SomebodyUnknownIsRefused) {
    Request request = this->request();
    request.user = "mallory";
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::refused);
}

TEST_F(FirstLogin, ALostFileIsNotAReasonToEnroll) {
    world_.store->record("bob").state.enrolled = true;
    EXPECT_EQ(log_in({}).verdict, Verdict::unavailable);
}

// --- the auth phase of such a person ---

TEST_F(FirstLogin, TheAuthPhasePassesOnlyWhereTheStackAsksInTheAccountPhase) {
    EXPECT_EQ(world_.login("bob", {}).verdict, Verdict::refused);
    Request request = world_.request("bob");
    request.enroll_in_account = true;
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::not_needed);
    request.user = "mallory";
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::refused);
}

// --- the device and its code ---

TEST_F(FirstLogin, ThreeWrongCodesChangeNothing) {
    const Transcript login = log_in({"t", "000000", "no code", "111111"});
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_EQ(login.texts.back(), messages::not_set_up("", false));
    EXPECT_FALSE(is_enrolled());
    EXPECT_FALSE(state().enrolled);
}

TEST_F(FirstLogin, AKeyThatWasTypedIsSaidAgainAfterAWrongCode) {
    const std::vector<std::string> typed = log_in({"t", "000000", no_answer}).texts;
    EXPECT_THAT(typed, Contains(messages::not_the_code() + typed[2])) << "the screen with the key, once more";
    const std::vector<std::string> scanned = log_in({"q", "000000", no_answer}).texts;
    EXPECT_THAT(scanned, Contains(messages::not_the_code()));
}

TEST_F(FirstLogin, AClockThatIsOffIsNamed) {
    EXPECT_THAT(log_in({"t", code_of_the_shown_key(-8), no_answer}).texts,
                Contains(HasSubstr("that phone's clock is 4 minutes")));
    EXPECT_FALSE(is_enrolled());
}

TEST_F(FirstLogin, ThePictureCanBeInvertedAndLeftForText) {
    const Typed code = code_of_the_shown_key();
    const Transcript login = log_in({"q", "i", "t", code, "saved"});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    std::vector<std::string> keys;
    for (const std::string& text : login.texts) {
        if (text.find("Key") != std::string::npos) keys.push_back(text);
    }
    ASSERT_EQ(keys.size(), 3U);
    EXPECT_NE(keys[0], keys[1]) << "inverted";
    EXPECT_THAT(keys[0], HasSubstr("\u2588"));
    EXPECT_THAT(keys[2], Not(HasSubstr("\u2588")));
}

// --- saved or not ---

TEST_F(FirstLogin, WhoDoesNotSaveIsOfferedNewCodesAndMayPutThatOff) {
    ASSERT_EQ(log_in({"t", code_of_the_shown_key(), no_answer}).verdict, Verdict::accepted);
    EXPECT_TRUE(state().recovery.not_saved);
    EXPECT_THAT(world_.journal.warnings,
                Contains(HasSubstr("nobody was there to confirm that they are saved")));
    const RecoverySetId first = state().recovery.id;
    for (const Typed& later : {Typed(""), no_answer}) {
        EXPECT_EQ(log_in({later}).verdict, Verdict::not_needed);
        EXPECT_TRUE(state().recovery.not_saved);
    }
    EXPECT_EQ(log_in({"y", "saved"}).verdict, Verdict::not_needed);
    EXPECT_FALSE(state().recovery.not_saved);
    EXPECT_NE(state().recovery.id, first);
    EXPECT_EQ(log_in({}).verdict, Verdict::not_needed);
}

TEST_F(FirstLogin, TypingSomethingElseThanSavedGoesOnUnsaved) {
    const Transcript login = log_in({"t", code_of_the_shown_key(), "", "yes", "ok"});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_TRUE(state().recovery.not_saved);
}

// --- forced to enroll again ---

class EnrollingAgain : public FirstLogin {
  protected:
    EnrollingAgain() {
        world_.enroll("bob", 1001);
        world_.store->record("bob").state.enrollment_forced = true;
    }
    void expect_put_off(const Transcript& login) {
        EXPECT_EQ(login.verdict, Verdict::not_needed);
        EXPECT_EQ(world_.last_decision().reason, "has to enroll again: put off, nothing was proved");
        EXPECT_THAT(login.texts, Each(Not(HasSubstr("Key"))));
        EXPECT_TRUE(state().enrollment_forced);
        world_.pass(std::chrono::seconds{30});
    }
};

TEST_F(EnrollingAgain, WhoGaveACodeBeforeThisPhaseGoesOnAtOnce) {
    EXPECT_EQ(log_in({no_answer}).verdict, Verdict::refused) << "it is not optional";
    EXPECT_EQ(log_in({"t", code_of_the_shown_key(), "saved"}).verdict, Verdict::accepted);
    EXPECT_FALSE(state().enrollment_forced);
    EXPECT_EQ(dialogue::to_text(world_.journal.changes.back().proof), "code");
}

TEST_F(EnrollingAgain, WhoHasProvedNothingIsAskedOnceAndIsPutOffOtherwise) {
    for (const Typed& answer :
         {no_answer, Typed(""), Typed("nonsense"), Typed("000000"), Typed("00000-00000")}) {
        const Transcript login = log_in_unproved({answer});
        EXPECT_TRUE(login.ended) << "asked once";
        expect_put_off(login);
    }
}

TEST_F(EnrollingAgain, WhoHasProvedNothingShowsThePresentStepOrTheRegistrationCode) {
    const std::string invitation = invite();
    ASSERT_EQ(log_in_unproved({invitation, "t", code_of_the_shown_key(), "saved"}).verdict,
              Verdict::accepted);
    EXPECT_EQ(dialogue::to_text(world_.journal.changes.back().proof), "registration-code");
    world_.store->record("bob").state.enrollment_forced = true;
    world_.pass(std::chrono::seconds{60});
    EXPECT_EQ(log_in_unproved({world_.code("bob"), "t", code_of_the_shown_key(), "saved"}).verdict,
              Verdict::accepted);
    EXPECT_FALSE(state().enrollment_forced);
}

TEST_F(EnrollingAgain, AQuestionMarkShowsWhatCanBeEnteredAndIsNoAnswer) {
    const Transcript login =
        log_in_unproved({"?", world_.code("bob"), "t", code_of_the_shown_key(), "saved"});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_THAT(login.texts, Contains(messages::any_code_help("")));
}

// A public key alone: sshd asks nobody then.
TEST_F(EnrollingAgain, WhereNobodyIsThereItIsPutOffWithoutAWord) {
    Request request = this->request();
    request.nobody_there = true;
    const Transcript login = world_.login(request, {});
    EXPECT_TRUE(login.texts.empty());
    expect_put_off(login);
}

// --- whoever has to enroll, and has proved no first factor ---

TEST_F(FirstLogin, WhoHasProvedNoFirstFactorIsToldToAndGoesOnUntilItIsDue) {
    for (const char* enrollment : {"open", "registration-code"}) {
        world_.configure(
            "action = enroll\nenroll_until = 2027-01-20\nenrollment = " + std::string(enrollment) + "\n");
        const Transcript login = log_in_unproved({});
        EXPECT_EQ(login.verdict, Verdict::not_needed);
        EXPECT_THAT(login.texts, Each(HasSubstr("Log in with your")));
        EXPECT_EQ(world_.last_decision().reason, "not enrolled: not now, no first factor was shown");
    }
    world_.clock.advance(std::chrono::days{6});
    EXPECT_EQ(log_in_unproved({}).verdict, Verdict::refused);
    EXPECT_EQ(world_.last_decision().reason, "not enrolled, and it is due");
}

TEST_F(FirstLogin, WhereNobodyIsThereNothingIsAskedOrSaid) {
    world_.configure("action = enroll\nenrollment = open\nenroll_until = 2027-01-20\n");
    Request request = request_with(Proof::first_factor);
    request.nobody_there = true;
    Transcript login = world_.login(request, {});
    EXPECT_EQ(login.verdict, Verdict::not_needed);
    EXPECT_TRUE(login.texts.empty());
    world_.clock.advance(std::chrono::days{6});
    request.proof = world_.proof_for(request, Proof::first_factor);
    login = world_.login(request, {});
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_TRUE(login.texts.empty());
}

// The authentication vouches for the first factor where the stack says that it
// has passed, and for nothing else.
TEST_F(FirstLogin, TheAuthenticationProvesTheFirstFactorWhereTheStackSaysSo) {
    const auto proof_after = [&](bool first_factor, bool combined, dialogue::Caller caller) {
        Request request = world_.request("bob");
        request.enroll_in_account = true;
        request.first_factor_passed = first_factor;
        request.combined = combined;
        request.caller = caller;
        request.uid = 1001;
        const auto dialogue = dialogue::make_dialogue(world_.ports(), request);
        dialogue::Step step = dialogue->begin();
        while (!std::holds_alternative<dialogue::End>(step)) {
            if (auto* work = std::get_if<dialogue::Work>(&step)) work->job();
            step = dialogue->resume(dialogue::Resumption::done);
        }
        return std::get<dialogue::End>(step).proof;
    };
    using dialogue::Caller;
    const Token proof = proof_after(true, false, Caller::root);
    EXPECT_NE(proof, proof_after(true, false, Caller::root)) << "128 random bits";
    EXPECT_TRUE(proof_after(false, false, Caller::root).empty());
    EXPECT_TRUE(proof_after(true, true, Caller::root).empty()) << "the password comes later";
    EXPECT_TRUE(proof_after(true, false, Caller::own_uid).empty());
    EXPECT_TRUE(proof_after(true, false, Caller::trusted).empty());
    Request request = this->request();
    request.proof = proof;
    EXPECT_EQ(world_.login(request, {"t", code_of_the_shown_key(), "saved"}).verdict, Verdict::accepted);
}

// --- the disk ---

TEST_F(FirstLogin, AWriteThatFailsEnrollsNobodyAndShowsNoCodes) {
    const Typed code = code_of_the_shown_key();
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    world_.store->writes_happen = false;
    const Transcript login = log_in({"t", code});
    EXPECT_EQ(login.verdict, Verdict::unavailable);
    EXPECT_THAT(login.texts, Each(Not(HasSubstr("Recovery codes"))));
}

TEST_F(FirstLogin, TooManyRecoveryCodesAtOnceIsUnavailable) {
    const Typed code = code_of_the_shown_key();
    world_.scrypt_ends = dialogue::Resumption::overloaded;
    EXPECT_EQ(log_in({"t", code}).verdict, Verdict::unavailable);
    EXPECT_FALSE(is_enrolled());
}

TEST_F(FirstLogin, EveryTextFitsTheScreen) {
    world_.configure(
        "action = enroll\nenroll_until = 2027-01-20\nenrollment = open\ncontact = IT desk, 1234\n");
    const Transcript login = log_in({"q", "000000", code_of_the_shown_key(), "saved"});
    for (const std::string& text : login.texts) {
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            EXPECT_LE(display_width(text.substr(begin, end - begin)), 79U) << text;
            begin = end + 1;
        }
    }
}

}  // namespace
}  // namespace secondstep
