#include "dialogue/login/login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "dialogue/make_dialogue.h"
#include "dialogue/texts/messages.h"
#include "unit/dialogue/login/login_fixture.h"

namespace secondstep {
namespace {

using dialogue::Decision;
using dialogue::Request;
using dialogue::Resumption;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Login;
using testing::no_answer;
using ::testing::Not;
using testing::overlong_answer;
using testing::Transcript;

TEST_F(Login, ARightCodeIsAccepted) {
    const Transcript login = world_.login("alice", {world_.code("alice")});
    EXPECT_THAT(login.steps, ElementsAre("lookup", "ask: Verification code: 0"));
    EXPECT_EQ(login.verdict, Verdict::accepted);
    const Decision& decision = world_.last_decision();
    EXPECT_EQ(decision.user, "alice");
    EXPECT_EQ(decision.service, "sshd");
    EXPECT_EQ(decision.rhost, "192.0.2.7");
    EXPECT_EQ(decision.method, Method::totp);
    EXPECT_EQ(decision.verdict, Verdict::accepted);
    EXPECT_EQ(decision.reason, "right");
    EXPECT_EQ(decision.recovery_codes_left, 3U);
    EXPECT_EQ(world_.journal.decisions.size(), 1U);
}

TEST_F(Login, SpacesAndDashesInACodeDoNotMatter) {
    const std::string code = world_.code("alice");
    const std::string spaced = " " + code.substr(0, 3) + " -" + code.substr(3) + " ";
    EXPECT_EQ(world_.login("alice", {spaced}).verdict, Verdict::accepted);
}

TEST_F(Login, TheSameCodeIsNotAcceptedTwice) {
    const std::string code = world_.code("alice");
    ASSERT_EQ(world_.login("alice", {code}).verdict, Verdict::accepted);
    EXPECT_EQ(world_.login("alice", {code, code, code}).verdict, Verdict::refused);
    EXPECT_EQ(world_.last_decision().reason, "reused");
}

TEST_F(Login, AnExpiredCodeAndOneOfTheFutureAreRefused) {
    EXPECT_EQ(
        world_.login("alice", {world_.code("alice", -2), world_.code("alice", 2), world_.code("alice", 9)})
            .verdict,
        Verdict::refused);
}

TEST_F(Login, AWrongCodeIsRefusedAfterThreeTries) {
    const Transcript login = world_.login("alice", world_.wrong_codes("alice"));
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_EQ(asks_in(login), 3U);
    EXPECT_EQ(login.steps.back(), "ask: Verification code: 0") << "no text after the last try";
    EXPECT_EQ(world_.store->record("alice").state.strangers.count, 3U);
    EXPECT_EQ(world_.journal.decisions.size(), 3U);
    EXPECT_EQ(world_.last_decision().reason, "wrong");
}

TEST_F(Login, ARightCodeAfterAWrongOneIsAccepted) {
    const Transcript login = world_.login("alice", {world_.wrong_code("alice"), world_.code("alice")});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    EXPECT_EQ(login.steps.at(2), "error: " + messages::not_accepted());
}

TEST_F(Login, TriesComeFromTheConfiguration) {
    world_.configure("tries = 1\n");
    EXPECT_EQ(world_.login("alice", {world_.wrong_code("alice")}).verdict, Verdict::refused);
}

TEST_F(Login, TheWindowComesFromTheConfiguration) {
    EXPECT_EQ(world_.login("alice", {world_.code("alice", 2), no_answer}).verdict, Verdict::cancelled);
    world_.configure("window = 2\n");
    EXPECT_EQ(world_.login("alice", {world_.code("alice", 2)}).verdict, Verdict::accepted);
}

TEST_F(Login, WhatHasNotTheShapeOfACodeUsesUpATryButIsNoFailureAndWritesNothing) {
    const Transcript login = world_.login("alice", {"hunter2", "", overlong_answer});
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_EQ(asks_in(login), 3U);
    EXPECT_EQ(world_.store->record("alice").state.strangers.count, 0U);
    EXPECT_THAT(world_.events, Not(::testing::Contains("begin record")));
    EXPECT_EQ(world_.last_decision().reason, "not a code");
}

// root under PermitRootLogin prohibit-password types the right code, and sshd hands its own answer in.
TEST_F(Login, WhatSshdPutInTheAnswersPlaceIsNamedAndNotJudged) {
    const Transcript login =
        world_.login("alice", {"\b\n\r\177IN", "\b\n\r\177INCORRECT", "\b\n\r\177INCORRECT\b\n"});
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_EQ(asks_in(login), 3U);
    EXPECT_EQ(world_.store->record("alice").state.strangers.count, 0U);
    EXPECT_THAT(world_.events, Not(Contains("begin record")));
    ASSERT_EQ(world_.journal.decisions.size(), 3U);
    for (const Decision& decision : world_.journal.decisions)
        EXPECT_THAT(decision.reason, HasSubstr("sshd replaced the answer"));
}

TEST_F(Login, APasswordTypedAtTheWrongPromptIsInNoLine) {
    static_cast<void>(world_.login("hunter2", {"hunter2", "hunter2", "hunter2"}));
    static_cast<void>(world_.login("alice", {"hunter2", "hunter2", "hunter2"}));
    for (const Decision& decision : world_.journal.decisions) {
        EXPECT_THAT(to_line(decision), Not(HasSubstr("hunter2")));
    }
}

TEST_F(Login, NoAnswerCancelsAndIsNotAnEmptyAnswer) {
    const Transcript login = world_.login("alice", {no_answer});
    EXPECT_EQ(login.verdict, Verdict::cancelled);
    EXPECT_EQ(asks_in(login), 1U);
    EXPECT_EQ(world_.last_decision().verdict, Verdict::cancelled);
}

TEST_F(Login, AQuestionMarkShowsTheMenuAndUsesUpNoTry) {
    world_.configure("contact = night desk, 1234\ntries = 1\n");
    const Transcript login = world_.login("alice", {"?", "", " ? ", "9", "", world_.code("alice")});
    EXPECT_EQ(login.verdict, Verdict::accepted);
    const std::string menu =
        "info: " +
        messages::menu({.set_up_again = false, .masked_address = {}, .contact = "night desk, 1234"});
    EXPECT_EQ(login.steps.at(2), menu);
    EXPECT_EQ(login.steps.at(5), menu);
    EXPECT_EQ(login.steps.at(7), "error: " + messages::not_in_the_menu());
}

TEST_F(Login, TheHintIsTheSameForEverybodyAndNotInACombinedPrompt) {
    world_.configure("hint = yes\naction = require\n");
    for (const char* user : {"alice", "nobody-here"}) {
        EXPECT_EQ(world_.login(user, {no_answer}).steps.at(1), "info: " + messages::hint());
    }
    Request request = world_.request("alice");
    request.combined = true;
    EXPECT_EQ(world_.login(request, {no_answer}).steps.size(), 2U);
}

TEST_F(Login, IsAskedTwentyTimesAtMost) {
    const Transcript login = world_.login("alice", std::vector<testing::Typed>(30, "?"));
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_EQ(asks_in(login), 20U);
    EXPECT_EQ(world_.last_decision().reason, "asked too often");
}

TEST_F(Login, ACombinedPromptSaysHowLongTheCodeIsByTheRuleAndNotByTheAccount) {
    world_.configure("action = require\ncombined_digits = 8\n");
    for (const char* user : {"alice", "nobody-here"}) {
        Request request = world_.request(user);
        request.combined = true;
        EXPECT_EQ(world_.login(request, {no_answer}).steps.back(), "ask: Password and verification code: 8");
    }
}

TEST_F(Login, NotEnrolledUnderAllowIsNotAsked) {
    world_.add_person("bob", 1001);
    const Transcript login = world_.login("bob", {});
    EXPECT_EQ(login.verdict, Verdict::not_needed);
    EXPECT_THAT(login.steps, ElementsAre("lookup"));
    EXPECT_EQ(world_.last_decision().reason, "not enrolled");
    EXPECT_EQ(world_.last_decision().user, "bob");
}

TEST_F(Login, NotEnrolledUnderRequireIsAskedAndRefused) {
    world_.configure("action = require\n");
    world_.add_person("bob", 1001);
    const Transcript login = world_.login("bob", {"123456", "123456", "123456"});
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_EQ(asks_in(login), 3U);
    EXPECT_EQ(world_.last_decision().reason, "not enrolled");
    EXPECT_EQ(world_.last_decision().recovery_codes_left, std::nullopt);
    EXPECT_EQ(world_.last_decision().method, std::nullopt);
}

TEST_F(Login, ACertainNotEnrolledNeedsAStateThatIsNotMarkedAndNotDamaged) {
    world_.add_person("bob", 1001);
    EXPECT_EQ(world_.login("bob", {}).verdict, Verdict::not_needed);
    world_.store->record("bob").state.enrolled = true;
    EXPECT_EQ(world_.login("bob", {}).verdict, Verdict::unavailable);
    world_.store->record("bob").state.enrolled = false;
    world_.store->record("bob").damaged = true;
    EXPECT_EQ(world_.login("bob", {}).verdict, Verdict::unavailable);
}

TEST_F(Login, RulesDecideByGroupServiceAndNetwork) {
    world_.configure(
        "[rule admins]\ngroups = staff\naction = require\n[rule lan]\nnetworks = 10.0.0.0/8\n"
        "services = sshd\naction = exempt\n");
    world_.add_person("bob", 1001, {"staff"});
    world_.add_person("carl", 1002);
    EXPECT_EQ(world_.login("bob", {no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(world_.login("carl", {}).verdict, Verdict::not_needed);
    EXPECT_EQ(world_.last_decision().reason, "not enrolled");
    Request request = world_.request("carl");
    request.rhost = "10.1.2.3";
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::not_needed);
    EXPECT_EQ(world_.last_decision().reason, "exempt by rule lan");
    request.user = "alice";
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::not_needed);
    request.service = "login";
    EXPECT_EQ(world_.login(request, {no_answer}).verdict, Verdict::cancelled);
}

TEST_F(Login, AGroupThatIsNotThereIsUnavailableForEverybodyWhoIsNotEnrolled) {
    world_.configure("[rule a]\ngroups = staf\naction = require\n");
    world_.add_person("bob", 1001);
    for (const char* name : {"bob", "nobody-here"}) {
        EXPECT_EQ(world_.login(name, {}).verdict, Verdict::unavailable);
        EXPECT_THAT(world_.last_decision().reason, HasSubstr("staf"));
    }
    EXPECT_EQ(world_.login("alice", {world_.code("alice")}).verdict, Verdict::accepted);
}

TEST_F(Login, AnUnknownUserIsInNoGroup) {
    world_.configure("action = exempt\n[rule a]\ngroups = !guests\naction = require\n");
    EXPECT_EQ(world_.login("mallory", {no_answer}).verdict, Verdict::cancelled);
}

TEST_F(Login, ANameServiceThatCannotTellIsUnavailable) {
    world_.people.error = Error{Errc::io, "LDAP is down"};
    EXPECT_EQ(world_.login("alice", {}).verdict, Verdict::unavailable);
    EXPECT_EQ(world_.last_decision().reason, "LDAP is down");
    EXPECT_EQ(world_.last_decision().user, "") << "whether the name exists is not known";
    world_.people.error.reset();
    world_.lookup_ends = Resumption::late;
    EXPECT_EQ(world_.login("alice", {}).verdict, Verdict::unavailable);
    world_.lookup_ends = Resumption::overloaded;
    EXPECT_EQ(world_.login("alice", {}).verdict, Verdict::unavailable);
}

// The worker may come back long after the dialogue gave up, and was destroyed.
TEST_F(Login, ALookupThatComesTooLateTouchesNothingThatIsGone) {
    std::function<void()> job;
    {
        const auto dialogue = dialogue::make_dialogue(world_.ports(), world_.request("alice"));
        dialogue::Step step = dialogue->begin();
        job = std::move(std::get<dialogue::Work>(step).job);
        EXPECT_EQ(std::get<dialogue::End>(dialogue->resume(Resumption::late)).verdict, Verdict::unavailable);
    }
    job();
    EXPECT_EQ(world_.people.asked, 1U);
}

TEST_F(Login, ResumedWithoutHavingPausedItIsUnavailable) {
    const auto dialogue = dialogue::make_dialogue(world_.ports(), world_.request("alice"));
    EXPECT_EQ(std::get<dialogue::End>(dialogue->resume(Resumption::done)).verdict, Verdict::unavailable);
}

TEST_F(Login, EveryRefusalAndHelpFitsTheScreen) {
    world_.configure("contact = " + std::string(100, 'w') + " desk\n");
    const Transcript login = world_.login("alice", {"x", "?", no_answer});
    for (const std::string& text : login.texts) {
        EXPECT_TRUE(std::ranges::none_of(
            text, [](char c) { return c != '\n' && static_cast<signed char>(c) < ' '; }));
    }
}

}  // namespace
}  // namespace secondstep
