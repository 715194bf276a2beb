// The menu behind '?', and the codes that are typed there.

#include "dialogue/login/menu.h"

#include <array>

#include "unit/dialogue/conversation.h"

namespace secondstep {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using testing::LoginWorld;
using testing::no_answer;
using ::testing::Not;
using testing::Transcript;
using testing::Typed;

class Menu : public testing::Conversation {
  protected:
    // Without first_factor=passed.
    Transcript log_in_plainly(const std::vector<Typed>& answers) { return world_.login("alice", answers); }
    [[nodiscard]] const std::string& last_reason() const { return world_.last_decision().reason; }
};

TEST_F(Menu, LogsInOnceWithARecoveryCode) {
    const Transcript login = log_in_plainly({"?", "1", recovery_code(0)});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_EQ(login.texts.back(), messages::recovery_code_accepted(2, 3, ""));
    EXPECT_EQ(state().restore.code, 0U);
    world_.pass(seconds{2});
    EXPECT_EQ(log_in({"?", "1", recovery_code(0), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(log_in({"?", "2", recovery_code(0), no_answer}).verdict, Verdict::cancelled)
        << "what logged in opens no restore";
    EXPECT_FALSE(logs_in_with(recovery_code(0)));
}

TEST_F(Menu, EnterGoesBackAndWhatIsNotInItIsSaid) {
    configure("contact = night desk\n");
    const Transcript login =
        log_in({"?", "", "?", "9", "0", "1x", "x", "4", "?", "5", "?", " 1 ", "", code()});
    EXPECT_EQ(login.verdict, Verdict::accepted) << "none of that uses up a try";
    EXPECT_EQ(std::ranges::count(login.texts, messages::not_in_the_menu()), 4);
    EXPECT_THAT(login.texts, Contains(messages::codes_are_refused("web01", "alice", "night desk")));
    EXPECT_THAT(login.texts, Contains(messages::whom_to_call("night desk")));
    EXPECT_THAT(login.texts, Contains(messages::recovery_code_prompt));
}

TEST_F(Menu, TheItemsMoveUpWithoutTheFirstFactor) {
    const Transcript login = log_in_plainly({"?", "3", "?", "4", "?", "5", no_answer});
    EXPECT_THAT(login.texts, Contains(messages::codes_are_refused("web01", "alice", "")));
    EXPECT_THAT(login.texts, Contains(messages::whom_to_call("")));
    EXPECT_THAT(login.texts, Contains(messages::not_in_the_menu()));
}

TEST_F(Menu, HangingUpInItEndsTheLogin) {
    EXPECT_EQ(log_in({"?", no_answer}).verdict, Verdict::cancelled);
    for (const char* item : {"1", "2", "3"})
        EXPECT_EQ(log_in({"?", item, no_answer}).verdict, Verdict::cancelled) << item;
}

TEST_F(Menu, IsAskedTwentyTimesAtMost) {
    const Transcript login = log_in(std::vector<Typed>(25, "?"));
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_EQ(testing::asks_in(login), 20U);
    EXPECT_EQ(last_reason(), "asked too often");
}

// --- temporary codes ---

TEST_F(Menu, ATemporaryCodeIsAcceptedInAnyFormThereAndWithADashAtThePrompt) {
    for (const bool in_menu : {true, false}) {
        for (const bool dashed : {true, false}) {
            SCOPED_TRACE(::testing::Message() << in_menu << dashed);
            const std::string code = give(GrantKind::temporary);
            const std::string typed = dashed ? code : testing::without_dashes(code);
            const Transcript login =
                in_menu ? log_in_plainly({"?", "2", typed, no_answer}) : log_in_plainly({typed, no_answer});
            EXPECT_EQ(login.verdict == Verdict::accepted, in_menu || dashed);
            EXPECT_EQ(state().temporary.given, !in_menu && !dashed) << "used up, or not judged";
        }
    }
    EXPECT_EQ(state().strangers.count, 0U);
}

TEST_F(Menu, ATemporaryCodeIsAcceptedOnceAndEnds) {
    const std::string once = give(GrantKind::temporary);
    EXPECT_EQ(log_in({"?", "3", once}).verdict, Verdict::accepted);
    EXPECT_EQ(world_.last_decision().factor, Factor::temporary_code);
    EXPECT_EQ(log_in({"?", "3", once, no_answer}).verdict, Verdict::cancelled);
    const std::string late = give(GrantKind::temporary);
    world_.pass(hours{1} + seconds{1});
    EXPECT_EQ(log_in({"?", "3", late, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(world_.journal.decisions.at(world_.journal.decisions.size() - 2).reason, "expired");
}

TEST_F(Menu, WrongTemporaryCodesCountAndAreThrottled) {
    const std::string right = give(GrantKind::temporary);
    for (int i = 0; i < 2; ++i) {
        const std::vector<Typed> wrong{"?",           "3", "00000-00000", "?",          "3",
                                       "11111-11111", "?", "3",           "22222-22222"};
        EXPECT_EQ(log_in(wrong).verdict, Verdict::refused);
    }
    EXPECT_EQ(state().strangers.count, 6U);
    EXPECT_EQ(log_in({"?", "3", right, no_answer}).verdict, Verdict::cancelled);
    world_.pass(seconds{31});
    EXPECT_EQ(log_in({"?", "3", right}).verdict, Verdict::accepted);
}

// --- the registration code of somebody who has to enroll again ---

TEST_F(Menu, ARegistrationCodeSetsUpAgainWhoHasTo) {
    state().enrollment_forced = true;
    const std::string invitation = give(GrantKind::registration);
    const AuthenticatorId old = authenticator();
    EXPECT_EQ(log_in({"?", "3", invitation, no_answer}).verdict, Verdict::cancelled);
    EXPECT_TRUE(state().registration.given) << "the commit uses it up";
    const Transcript login =
        log_in({"?", "3", testing::without_dashes(invitation), "t", code_of_the_shown_key(), "saved"});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_NE(authenticator(), old);
    EXPECT_FALSE(state().enrollment_forced);
    EXPECT_FALSE(state().registration.given);
    EXPECT_EQ(dialogue::to_text(world_.journal.changes.back().proof), "registration-code");
    EXPECT_EQ(log_in({"?", "3", invitation, no_answer}).verdict, Verdict::cancelled);
}

TEST_F(Menu, ARegistrationCodeIsNothingForWhoNeedNotEnrollAgain) {
    const std::string invitation = give(GrantKind::registration);
    EXPECT_EQ(log_in({"?", "3", invitation, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(state().strangers.count, 1U);
    EXPECT_TRUE(state().registration.given);
}

TEST_F(Menu, ARegistrationCodeIsNothingWhereTheFirstFactorMayHaveFailed) {
    state().enrollment_forced = true;
    const std::string invitation = give(GrantKind::registration);
    EXPECT_EQ(log_in_plainly({"?", "2", invitation, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(state().strangers.count, 1U);
    dialogue::Request portal = request();
    portal.caller = dialogue::Caller::trusted;
    EXPECT_EQ(world_.login(portal, {"?", "2", invitation, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(state().trusted_callers.count, 1U);
}

// --- who has to enroll again, after a right old code ---

class ForcedEnrollment : public Menu {
  protected:
    ForcedEnrollment() { state().enrollment_forced = true; }
    AuthenticatorId old_ = authenticator();
};

TEST_F(ForcedEnrollment, FollowsARightOldCode) {
    const Transcript login = log_in({code(), "t", code_of_the_shown_key(), "saved"});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_THAT(login.texts, Contains(messages::enroll_again("web01", world_.config->apps, {})));
    EXPECT_FALSE(state().enrollment_forced);
    EXPECT_NE(authenticator(), old_);
    EXPECT_EQ(dialogue::to_text(world_.journal.changes.back().proof), "code");
}

TEST_F(ForcedEnrollment, KeepsOutWhoDoesNotFinishAndStaysDue) {
    EXPECT_EQ(log_in({code(), no_answer}).verdict, Verdict::cancelled);
    world_.pass(seconds{30});
    EXPECT_EQ(log_in({code(), "t", "000000", "000000", "000000"}).verdict, Verdict::refused);
    EXPECT_EQ(authenticator(), old_);
    EXPECT_TRUE(state().enrollment_forced);
}

TEST_F(ForcedEnrollment, IsLeftToTheAccountPhaseWhereTheFirstFactorMayHaveFailed) {
    EXPECT_EQ(log_in_plainly({code()}).verdict, Verdict::accepted);
    EXPECT_TRUE(state().enrollment_forced);
}

TEST_F(ForcedEnrollment, DoesNotTouchACombinedLogin) {
    dialogue::Request combined = request();
    combined.combined = true;
    const Transcript login = world_.login(combined, {code()});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_EQ(login.texts.size(), 1U);
    EXPECT_EQ(authenticator(), old_);
}

TEST_F(ForcedEnrollment, OfTwoLoginsTheSecondChangesNothing) {
    testing::OpenDialogue second(world_, request());
    second.type({code(), "t"});
    world_.pass(seconds{30});
    const Typed confirming = code_of_the_shown_key();
    ASSERT_EQ(log_in({code(), "t", confirming, "saved"}).verdict, Verdict::accepted);
    second.type({confirming});
    EXPECT_EQ(second.verdict(), Verdict::refused);
}

TEST_F(Menu, ACombinedLoginHasNoMenu) {
    dialogue::Request combined = request();
    combined.combined = true;
    state().recovery.not_saved = true;
    const Transcript login = world_.login(combined, {"?", code()});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_EQ(login.texts,
              (std::vector<std::string>{std::string(messages::combined_prompt), messages::help(""),
                                        std::string(messages::combined_prompt)}));
}

// --- codes that were never saved ---

TEST_F(Menu, CodesThatWereNotSavedAreOfferedAgainWhereNothingElseAsks) {
    const auto offered = [this](bool first_factor, bool in_account) {
        world_.pass(seconds{30});
        state().recovery.not_saved = true;
        dialogue::Request login = request();
        login.first_factor_passed = first_factor;
        login.enroll_in_account = in_account;
        const Transcript seen = world_.login(login, {code(), ""});
        EXPECT_EQ(seen.verdict, Verdict::accepted);
        return std::ranges::count(seen.texts, messages::codes_not_saved()) == 1;
    };
    EXPECT_TRUE(offered(true, false));
    EXPECT_FALSE(offered(true, true)) << "the account phase does";
    EXPECT_FALSE(offered(false, false));
    EXPECT_FALSE(offered(false, true));
}

// --- nothing leaks ---

// What the menu and its questions look like for alice (enrolled), bob (not enrolled) and mallory (unknown),
// each in a world of its own.
struct Seen {
    std::vector<std::string> steps;
    std::vector<std::string> events;
    Verdict verdict{};
};

Seen seen(const std::string& user, const std::vector<Typed>& answers, bool forced = false) {
    LoginWorld world;
    world.configure("action = require\ncontact = desk\n");
    world.add_enrolled("alice", 1000);
    world.add_person("bob", 1001);
    world.store->record("alice").state.enrollment_forced = forced;
    world.events.clear();
    dialogue::Request request = world.request(user);
    request.first_factor_passed = true;
    const Transcript login = world.login(request, answers);
    EXPECT_TRUE(login.ended);
    std::erase(world.events, "read record");
    std::vector<std::string> steps = login.steps;
    // The name that was typed is shown back; it is the only difference.
    for (std::string& step : steps) {
        for (std::size_t at = step.find(" " + user + ";"); at != std::string::npos; at = std::string::npos)
            step.replace(at, user.size() + 2, " NAME;");
    }
    return {steps, world.events, login.verdict};
}

TEST(MenuRefusals, OfAllCausesLookTheSame) {
    const char* const recovery = "0123-4567-89AB-CDEF-GHJK-MNPQ";
    const std::vector<std::vector<Typed>> conversations = {
        {"?", "1", recovery, "?", "1", recovery, "?", "1", recovery},
        {"?", "2", recovery, "?", "2", recovery, "?", "2", recovery},
        {"?", "3", "00000-00000", "?", "3", "00000-00000", "?", "3", "00000-00000"},
        {"?", "3", "0000000000", "?", "3", "nonsense", "?", "1", "nonsense"},
        {"00000-00000", "00000 00000", "0000000000"},
        {"?", "4", "?", "5", "?", "", "?", "x", "", no_answer},
    };
    for (const std::vector<Typed>& answers : conversations) {
        const Seen enrolled = seen("alice", answers);
        const Seen forced = seen("alice", answers, true);
        EXPECT_EQ(enrolled.steps, forced.steps);
        EXPECT_EQ(enrolled.events, forced.events);
        for (const char* user : {"bob", "mallory"}) {
            const Seen other = seen(user, answers);
            EXPECT_EQ(enrolled.steps.size(), other.steps.size()) << user;
            EXPECT_EQ(enrolled.events, other.events) << user;
            EXPECT_EQ(enrolled.verdict, other.verdict) << user;
        }
        EXPECT_EQ(seen("bob", answers).events, seen("mallory", answers).events);
    }
}

TEST(MenuRefusals, TheTextsAreTheSame) {
    const std::vector<Typed> answers{"?", "5",        "?", "1", "nonsense", "?",
                                     "2", "nonsense", "?", "3", "nonsense"};
    const Seen enrolled = seen("alice", answers);
    for (const char* user : {"bob", "mallory"})
        EXPECT_EQ(seen(user, answers).steps, enrolled.steps) << user;
}

}  // namespace
}  // namespace secondstep
