// The phone is lost: menu item 2, a recovery code, a new authenticator.

#include "dialogue/login/login.h"
#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::no_answer;
using ::testing::Not;
using testing::Transcript;
using testing::Typed;

class Restore : public testing::Conversation {
  protected:
    std::vector<Typed> whole_way() {
        return {"?", "2", recovery_code(0), "t", code_of_the_shown_key(), "saved"};
    }

    // Nothing has changed but the code that was struck off.
    void expect_the_old_one_is_valid() {
        EXPECT_EQ(authenticator(), old_);
        EXPECT_FALSE(logs_in_with(recovery_code(0))) << "struck off";
        EXPECT_TRUE(logs_in_with(recovery_code(1)));
        world_.pass(seconds{60});
        EXPECT_TRUE(logs_in_with(code()));
    }
    // `old_code`: what the old device shows now.
    void expect_everything_old_is_void() {
        EXPECT_NE(authenticator(), old_);
        world_.pass(seconds{60});
        EXPECT_FALSE(logs_in_with(world_.code_of(old_key_)));
        for (std::size_t i = 0; i < 3; ++i)
            EXPECT_FALSE(logs_in_with(recovery_code(i))) << i;
        EXPECT_TRUE(logs_in_with(code()));
    }

    AuthenticatorId old_ = authenticator();
    Secret old_key_ = record().credential->authenticators.front().key.clone();
};

TEST_F(Restore, MakesTheNewOneValidAndEverythingOldVoid) {
    const std::string temporary = give(GrantKind::temporary);
    const Transcript login = log_in(whole_way());
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_THAT(login.texts, Contains(HasSubstr("this code resumes until")));
    EXPECT_THAT(login.texts, Contains(HasSubstr("Account:  web01:alice-2")));
    EXPECT_THAT(login.texts, Contains(HasSubstr("2FA method is set to TOTP.")));
    EXPECT_THAT(login.texts, Contains(HasSubstr("keep web01:alice-2 in the app")));
    EXPECT_FALSE(state().recovery.not_saved);
    EXPECT_EQ(state().notice.change, Change::enrolled);
    EXPECT_EQ(recovery_codes_left(*record().credential, state()), 3U);
    ASSERT_EQ(world_.journal.changes.size(), 2U);
    EXPECT_EQ(word_of(world_.journal.changes[0]), "restore-begun");
    EXPECT_EQ(word_of(world_.journal.changes[1]), "enrolled");
    EXPECT_EQ(dialogue::to_text(world_.journal.changes[1].proof), "recovery-code");
    expect_everything_old_is_void();
    EXPECT_FALSE(logs_in_with(temporary));
}

// The old entry was called by the issuer of its day, which nobody has written down.
TEST_F(Restore, TellsWhichEntryStaysWhateverTheIssuerWasBefore) {
    configure("issuer = Example Corp\n");
    const Transcript login = log_in(whole_way());
    ASSERT_EQ(login.verdict, Verdict::accepted);
    EXPECT_THAT(login.texts, Contains(HasSubstr("Account:  Example Corp:alice-2")));
    EXPECT_THAT(login.texts, Contains(HasSubstr("keep Example Corp:alice-2")));
    EXPECT_THAT(login.texts, Each(Not(HasSubstr("Corp:alice "))));
    EXPECT_THAT(login.texts, Each(Not(HasSubstr("Corp:alice from"))));
}

TEST_F(Restore, TheOwnerIsToldAtOnceWhoeverBeganIt) {
    configure("notify_address = {user}@example.org\n");
    EXPECT_EQ(log_in({"?", "2", recovery_code(0), no_answer}).verdict, Verdict::cancelled);
    const auto notices = world_.courier.sent(delivery::MessagePurpose::notice);
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_EQ(notices.front().to, "alice@example.org");
    EXPECT_THAT(notices.front().notice, HasSubstr("A recovery code was used to set up a new second step"));
}

TEST_F(Restore, TheCodeThatConfirmedTheNewOneDoesNotLogIn) {
    const std::vector<Typed> answers = whole_way();
    ASSERT_EQ(log_in(answers).verdict, Verdict::accepted);
    EXPECT_FALSE(logs_in_with(answers.at(4).text));
}

TEST_F(Restore, IsNotOfferedWhereTheFirstFactorMayHaveFailed) {
    const Transcript login = world_.login("alice", {"?", "2", recovery_code(0), no_answer});
    EXPECT_THAT(login.texts, Each(Not(HasSubstr("set up again"))));
    EXPECT_THAT(login.steps, Not(Contains("scrypt"))) << "2 is the item after it: a temporary code";
    EXPECT_TRUE(logs_in_with(recovery_code(0)));
}

TEST_F(Restore, IsNotForPortals) {
    dialogue::Request portal = request();
    portal.caller = dialogue::Caller::trusted;
    EXPECT_THAT(world_.login(portal, {"?", no_answer}).texts, Each(Not(HasSubstr("set up again"))));
}

TEST_F(Restore, ACodeThatIsRefusedShowsNoKey) {
    const Transcript login =
        log_in({"?", "2", "0123-4567-89AB-CDEF-GHJK-MNPQ", "?", "2", "nonsense", no_answer});
    EXPECT_EQ(login.verdict, Verdict::cancelled);
    EXPECT_THAT(login.texts, Each(Not(HasSubstr("Key"))));
    EXPECT_EQ(state().strangers.count, 0U) << "of 80 bits nothing is guessed";
    EXPECT_EQ(world_.journal.decisions.front().reason, "wrong");
    world_.pass(seconds{2});
    const std::string wrong = "0123-4567-89AB-CDEF-GHJK-MNPQ";
    EXPECT_EQ(log_in({"?", "2", wrong, "?", "2", wrong, "?", "2", wrong}).verdict, Verdict::refused);
}

TEST_F(Restore, AnEmptyAnswerGoesBackToThePrompt) {
    EXPECT_EQ(log_in({"?", "2", "", code()}).verdict, Verdict::accepted);
    EXPECT_EQ(world_.journal.decisions.size(), 1U);
}

// At every question, up to the one whose answer commits.
TEST_F(Restore, HangingUpBeforeTheCommitLeavesTheOldOneAndTheSameCodeResumes) {
    for (std::size_t answered = 0; answered < 5; ++answered) {
        SCOPED_TRACE(answered);
        record() = {};
        world_.recovery_codes["alice"].clear();
        world_.enroll("alice", 1000);
        old_ = authenticator();
        world_.pass(minutes{16});  // what was pending is forgotten
        std::vector<Typed> answers = whole_way();
        answers.resize(answered, "");
        answers.push_back(no_answer);
        EXPECT_EQ(log_in(answers).verdict, Verdict::cancelled);
        EXPECT_EQ(authenticator(), old_);
        EXPECT_TRUE(logs_in_with(code()));
        EXPECT_TRUE(logs_in_with(recovery_code(1)));
        const bool struck_off = answered >= 3;
        if (struck_off) {
            EXPECT_FALSE(logs_in_with(recovery_code(0))) << "it resumes, and does nothing else";
            world_.pass(seconds{2});
            const std::vector<Typed> elsewhere{"?", "2", recovery_code(0), no_answer};
            EXPECT_EQ(world_.login(from("203.0.113.9"), elsewhere).verdict, Verdict::cancelled);
            EXPECT_EQ(world_.last_decision().reason, "no answer");
            EXPECT_EQ(world_.journal.decisions.at(world_.journal.decisions.size() - 2).reason, "reused");
        }
        world_.pass(seconds{2});
        EXPECT_EQ(log_in(whole_way()).verdict, Verdict::accepted);
        EXPECT_NE(authenticator(), old_);
    }
}

TEST_F(Restore, HangingUpShowsTheSameKeyAgain) {
    const Transcript first = log_in({"?", "2", recovery_code(0), "t", no_answer});
    world_.pass(minutes{14});
    const Transcript second = log_in({"?", "2", recovery_code(0), "t", no_answer});
    const auto key_in = [](const Transcript& login) {
        for (const std::string& text : login.texts) {
            if (text.find("Key:  ") != std::string::npos) return text;
        }
        return std::string();
    };
    EXPECT_FALSE(key_in(first).empty());
    EXPECT_EQ(key_in(first), key_in(second));
}

TEST_F(Restore, ResumesForHalfAnHourWhichResumingDoesNotMove) {
    ASSERT_EQ(log_in({"?", "2", recovery_code(0), no_answer}).verdict, Verdict::cancelled);
    world_.pass(minutes{29});
    EXPECT_EQ(log_in({"?", "2", recovery_code(0), "t", no_answer}).texts.back(), messages::text_code_prompt);
    world_.pass(minutes{2});
    EXPECT_EQ(log_in({"?", "2", recovery_code(0), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(world_.journal.decisions.at(world_.journal.decisions.size() - 2).reason, "reused");
    expect_the_old_one_is_valid();
}

TEST_F(Restore, ThreeWrongCodesOfTheNewDeviceChangeNothingAndItResumes) {
    const Transcript login = log_in({"?", "2", recovery_code(0), "t", "000000", "no code", "111111"});
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_EQ(login.texts.back(), messages::not_set_up("", true));
    EXPECT_EQ(authenticator(), old_);
    world_.pass(seconds{2});
    EXPECT_EQ(log_in(whole_way()).verdict, Verdict::accepted);
}

TEST_F(Restore, HangingUpBeforeSavedIsRememberedAndNewCodesAreOffered) {
    std::vector<Typed> answers = whole_way();
    answers.back() = no_answer;
    EXPECT_EQ(log_in(answers).verdict, Verdict::accepted);
    EXPECT_TRUE(state().recovery.not_saved);
    expect_everything_old_is_void();
    world_.pass(seconds{30});
    const RecoverySetId before = state().recovery.id;
    EXPECT_EQ(log_in({code(), "y", "saved"}).verdict, Verdict::accepted);
    EXPECT_FALSE(state().recovery.not_saved);
    EXPECT_NE(state().recovery.id, before);
}

// --- two at once ---

TEST_F(Restore, OfTwoTerminalsTheSecondIsToldAndChangesNothing) {
    testing::OpenDialogue second(world_, request());
    second.type({"?", "2", recovery_code(0), "t"});
    world_.pass(seconds{2});
    const std::vector<Typed> answers = whole_way();
    ASSERT_EQ(log_in(answers).verdict, Verdict::accepted);
    const AuthenticatorId winner = authenticator();
    second.type({answers.at(4)});
    EXPECT_EQ(second.verdict(), Verdict::refused);
    EXPECT_EQ(second.texts().back(), messages::set_up_elsewhere());
    EXPECT_EQ(authenticator(), winner);
}

// Whoever has the phone that was lost, and the password, is in the middle of something when it becomes void.
TEST_F(Restore, VoidsWhatTheOldPhoneHasBegun) {
    state().recovery.not_saved = true;
    testing::OpenDialogue thief(world_, from("203.0.113.9"));
    thief.type({code()});
    ASSERT_EQ(thief.texts().back(), messages::new_codes_prompt);
    ASSERT_EQ(log_in(whole_way()).verdict, Verdict::accepted);
    const RecoverySetId owners = state().recovery.id;
    thief.type({"y"});
    EXPECT_EQ(thief.texts().back(), messages::set_up_elsewhere());
    EXPECT_EQ(state().recovery.id, owners);
}

TEST_F(Restore, VoidsTheRestoreThatAnotherCodeBegan) {
    testing::OpenDialogue first(world_, request());
    first.type({"?", "2", recovery_code(0), "t"});
    const Typed code_of_first = code_of_the_shown_key();
    world_.pass(seconds{2});
    ASSERT_EQ(world_.login(from("203.0.113.9"), {"?", "2", recovery_code(1), no_answer}).verdict,
              Verdict::cancelled);
    first.type({code_of_first});
    EXPECT_EQ(first.verdict(), Verdict::refused);
    EXPECT_EQ(authenticator(), old_);
}

TEST_F(Restore, NewRecoveryCodesVoidAnOpenOne) {
    testing::OpenDialogue first(world_, request());
    first.type({"?", "2", recovery_code(0), "t"});
    dialogue::Request renewal = request();
    renewal.purpose = Purpose::manage;
    renewal.task = Task::recovery_codes;
    ASSERT_EQ(world_.login(renewal, {code(), "saved"}).verdict, Verdict::accepted);
    first.type({code_of_the_shown_key()});
    EXPECT_EQ(first.verdict(), Verdict::refused);
    EXPECT_EQ(authenticator(), old_);
}

TEST_F(Restore, SavingTheCodesOfBeforeIsNotSavingThoseOfNow) {
    testing::OpenDialogue first(world_, request());
    first.type({"?", "2", recovery_code(0), "t", code_of_the_shown_key()});
    ASSERT_EQ(first.texts().back(), messages::saved_prompt);
    world_.pass(seconds{60});
    dialogue::Request renewal = request();
    renewal.purpose = Purpose::manage;
    renewal.task = Task::recovery_codes;
    ASSERT_EQ(world_.login(renewal, {code(), no_answer}).verdict, Verdict::accepted);
    first.type({"saved"});
    EXPECT_EQ(first.verdict(), Verdict::accepted);
    EXPECT_TRUE(state().recovery.not_saved);
}

// --- the disk ---

TEST_F(Restore, AWriteThatFailsLetsNobodyInAndShowsNoCodes) {
    testing::OpenDialogue login(world_, request());
    login.type({"?", "2", recovery_code(0), "t"});
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    world_.store->writes_happen = false;
    login.type({code_of_the_shown_key()});
    EXPECT_EQ(login.verdict(), Verdict::unavailable);
    EXPECT_THAT(login.texts(), Each(Not(HasSubstr("Recovery codes"))));
    EXPECT_EQ(authenticator(), old_);
}

// After the rename it is committed: whoever was told "not stored" then had neither the old nor the new one.
TEST_F(Restore, ACommitThatTheDiskDidNotConfirmShowsTheCodesAndWarns) {
    testing::OpenDialogue login(world_, request());
    login.type({"?", "2", recovery_code(0), "t"});
    world_.store->outcome = WriteOutcome::unconfirmed;
    login.type({code_of_the_shown_key()});
    EXPECT_THAT(login.texts(), Contains(AllOf(HasSubstr("did not confirm"), HasSubstr("Recovery codes"))));
    world_.store->outcome = WriteOutcome::done;
    login.type({"saved"});
    EXPECT_EQ(login.verdict(), Verdict::accepted);
    EXPECT_THAT(world_.journal.warnings, Contains(HasSubstr("did not confirm")));
    EXPECT_TRUE(state().recovery.not_saved) << "no durable state before the credential is durable";
    expect_everything_old_is_void();
}

// It was not a login: whoever has a recovery code does not silence what the owner is to hear.
TEST_F(Restore, ThatIsGivenUpLeavesAnOldNoticeToTheNextLogin) {
    state().notice = {
        .change = Change::enrolled, .when = world_.clock.now() - std::chrono::hours{48}, .from = "192.0.2.9"};
    EXPECT_EQ(log_in({"?", "2", recovery_code(0), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(state().notice.change, Change::enrolled);
    EXPECT_THAT(log_in({code()}).texts, Contains(HasSubstr("was changed on")));
}

TEST_F(Restore, AnOpeningThatIsNotWrittenOpensNothing) {
    world_.store->outcome = WriteOutcome::lost;
    world_.store->writes_happen = false;
    const Transcript login = log_in({"?", "2", recovery_code(0)});
    EXPECT_EQ(login.verdict, Verdict::unavailable);
    EXPECT_THAT(login.texts, Each(Not(HasSubstr("resumes"))));
}

}  // namespace
}  // namespace secondstep
