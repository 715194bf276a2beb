// Under which name, with which uid and for whom a program asks.

#include "dialogue/login/login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "dialogue/make_dialogue.h"
#include "dialogue/texts/messages.h"
#include "unit/dialogue/login/login_fixture.h"

namespace secondstep {
namespace {

using dialogue::Caller;
using dialogue::Request;
using dialogue::Resumption;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Login;
using testing::no_answer;
using ::testing::Not;
using testing::Transcript;

TEST_F(Login, AnUnknownUserUnderAllowIsRefusedAtOnceAndNotNamed) {
    const Transcript login = world_.login("mallory", {});
    EXPECT_EQ(login.verdict, Verdict::refused);
    EXPECT_THAT(login.steps, ElementsAre("lookup"));
    EXPECT_EQ(world_.last_decision().user, "");
    EXPECT_EQ(world_.last_decision().reason, "unknown user");
}

TEST_F(Login, AnUnknownUserIsNeverLetThroughByAnExemption) {
    world_.configure("action = exempt\n");
    EXPECT_EQ(world_.login("mallory", {}).verdict, Verdict::refused);
    EXPECT_EQ(world_.login("alice", {}).verdict, Verdict::not_needed);
}

TEST_F(Login, ARecordOfANameThatIsNobodysIsNotUsed) {
    world_.enroll("ghost", 1005);
    EXPECT_EQ(world_.login("ghost", {world_.code("ghost")}).verdict, Verdict::refused);
    world_.configure("action = require\n");
    EXPECT_EQ(
        world_.login("ghost", {world_.code("ghost"), world_.code("ghost"), world_.code("ghost")}).verdict,
        Verdict::refused);
}

TEST_F(Login, NamesThatCannotBeAccountsAreUnknownAndNotLookedUp) {
    world_.add_person("", 0);
    world_.add_person("../x", 0);
    for (const std::string& name : {std::string("../x"), std::string(), std::string("a\nb"),
                                    std::string(81, 'a'), std::string("root\0x", 6), std::string("\xff")}) {
        world_.people.asked = 0;
        EXPECT_EQ(world_.login(name, {}).verdict, Verdict::refused);
        EXPECT_EQ(world_.people.asked, 0U);
        EXPECT_EQ(world_.last_decision().user, "");
    }
}

TEST_F(Login, TheCanonicalNameIsWhatCounts) {
    world_.people.persons["ALICE"] = world_.people.persons["alice"];
    EXPECT_EQ(world_.login("ALICE", {world_.code("alice")}).verdict, Verdict::accepted);
    EXPECT_EQ(world_.last_decision().user, "alice");
}

TEST_F(Login, AnotherUidUnderTheNameIsUnavailableAndSaysWhatToDo) {
    world_.people.persons["alice"].person->uid = 1234;
    EXPECT_EQ(world_.login("alice", {world_.code("alice")}).verdict, Verdict::unavailable);
    EXPECT_THAT(world_.last_decision().reason,
                HasSubstr("secondstep rename alice alice when it is the same person"));
    EXPECT_THAT(world_.last_decision().reason, HasSubstr("secondstep disable alice when not"));
}

TEST_F(Login, ACredentialThatGetsAnotherUidDuringTheLoginIsUnavailable) {
    const auto dialogue = dialogue::make_dialogue(world_.ports(), world_.request("alice"));
    dialogue::Step step = dialogue->begin();
    std::get<dialogue::Work>(step).job();
    step = dialogue->resume(Resumption::done);
    ASSERT_TRUE(std::holds_alternative<dialogue::Ask>(step));
    world_.store->record("alice").credential->uid = 1;
    step = dialogue->answer(Secret::copy_of(world_.code("alice")));
    ASSERT_TRUE(std::holds_alternative<dialogue::End>(step));
    EXPECT_EQ(std::get<dialogue::End>(step).verdict, Verdict::unavailable);
}

TEST_F(Login, ADisabledAccountInTheMiddleOfALoginIsUnavailable) {
    const auto dialogue = dialogue::make_dialogue(world_.ports(), world_.request("alice"));
    dialogue::Step step = dialogue->begin();
    std::get<dialogue::Work>(step).job();
    step = dialogue->resume(Resumption::done);
    const std::string code = world_.code("alice");
    world_.store->record("alice").credential.reset();
    step = dialogue->answer(Secret::copy_of(code));
    ASSERT_TRUE(std::holds_alternative<dialogue::End>(step));
    EXPECT_EQ(std::get<dialogue::End>(step).verdict, Verdict::unavailable);
}

TEST_F(Login, AnOrdinaryUidAsksForItselfOnly) {
    world_.add_enrolled("bob", 1001);
    Request request = world_.request("alice");
    request.caller = Caller::own_uid;
    request.uid = 1000;
    EXPECT_EQ(world_.login(request, {world_.code("alice")}).verdict, Verdict::accepted);
    request.user = "bob";
    EXPECT_EQ(world_.login(request, {world_.code("bob")}).verdict, Verdict::not_allowed);
    EXPECT_EQ(world_.last_decision().user, "bob");
    request.user = "nobody-here";
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::not_allowed);
    EXPECT_EQ(world_.last_decision().user, "");
    request.user = "../x";
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::not_allowed);
}

TEST_F(Login, FailuresOfAnOrdinaryUidHaveACounterOfTheirOwn) {
    Request request = world_.request("alice");
    request.caller = Caller::own_uid;
    request.uid = 1000;
    static_cast<void>(world_.login(request, {world_.wrong_code("alice"), no_answer}));
    const State& state = world_.store->record("alice").state;
    EXPECT_EQ(state.own_uid.count, 1U);
    EXPECT_EQ(state.strangers.count, 0U);
    ASSERT_EQ(world_.login(request, {world_.code("alice")}).verdict, Verdict::accepted);
    EXPECT_TRUE(state.known.empty()) << "nothing is remembered for what such a caller claims";
}

TEST_F(Login, WhereAnOrdinaryUidSaysItIsDecidesNothing) {
    world_.configure("[rule office]\nnetworks = 192.0.2.0/24, local\naction = exempt\n");
    Request request = world_.request("alice");
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::not_needed);
    request.caller = Caller::own_uid;
    request.uid = 1000;
    EXPECT_EQ(world_.login(request, {no_answer}).verdict, Verdict::cancelled);
    request.rhost = "";
    request.tty = "tty1";
    EXPECT_EQ(world_.login(request, {no_answer}).verdict, Verdict::cancelled);
}

TEST_F(Login, APortalAsksForAnybodyButUidZero) {
    world_.add_enrolled("root", 0);
    Request request = world_.request("alice");
    request.caller = Caller::trusted;
    request.uid = 33;
    EXPECT_EQ(world_.login(request, {world_.wrong_code("alice"), world_.code("alice")}).verdict,
              Verdict::accepted);
    request.user = "root";
    EXPECT_EQ(world_.login(request, {world_.code("root")}).verdict, Verdict::not_allowed);
    world_.people.persons["toor"] = {Person{"toor", 0}, {}};
    request.user = "toor";
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::not_allowed);
}

TEST_F(Login, APortalIsOfferedNoNewAuthenticator) {
    Request request = world_.request("alice");
    request.first_factor_passed = true;
    EXPECT_THAT(world_.login(request, {"?", no_answer}).texts, Contains(HasSubstr("set up again")));
    request.caller = Caller::trusted;
    request.uid = 33;
    const Transcript portal = world_.login(request, {"?", no_answer});
    EXPECT_THAT(portal.texts, Contains(HasSubstr("log in once")));
    EXPECT_THAT(portal.texts, Not(Contains(HasSubstr("set up again"))));
}

TEST_F(Login, WhereNothingIsAskedInTheAccountPhaseTheDeadlineHoldsAtOnce) {
    world_.add_person("bob", 1001);
    Request request = world_.request("bob");
    request.enroll_in_account = true;
    for (const Caller caller : {Caller::trusted, Caller::own_uid}) {
        request.caller = Caller::root;
        world_.configure("action = enroll\n");
        EXPECT_EQ(world_.login(request, {}).verdict, Verdict::not_needed);
        request.caller = caller;
        request.uid = caller == Caller::own_uid ? 1001 : 33;
        EXPECT_EQ(world_.login(request, {}).verdict, Verdict::refused);
        world_.configure("action = enroll\nenroll_until = 2099-03-31\n");
        EXPECT_EQ(world_.login(request, {}).verdict, Verdict::not_needed);
    }
}

TEST_F(Login, NamesOutsidePasswdExistOnPortalServicesOnly) {
    world_.enroll("web-anna", std::nullopt);
    world_.configure("portal_services = nginx\n");
    Request request = world_.request("web-anna");
    EXPECT_EQ(world_.login(request, {world_.code("web-anna")}).verdict, Verdict::refused);
    EXPECT_EQ(world_.last_decision().user, "");
    request.service = "nginx";
    EXPECT_EQ(world_.login(request, {world_.code("web-anna")}).verdict, Verdict::accepted);
    EXPECT_EQ(world_.last_decision().user, "web-anna");
    // A name of passwd is not a portal's user, and the other way round.
    world_.add_person("web-anna", 1100);
    world_.clock.advance(std::chrono::minutes{1});
    EXPECT_EQ(world_.login(request, {world_.code("web-anna")}).verdict, Verdict::unavailable);
    world_.people.persons.erase("alice");
    request.user = "alice";
    EXPECT_EQ(world_.login(request, {world_.code("alice")}).verdict, Verdict::unavailable);
}

}  // namespace
}  // namespace secondstep
