// Somebody manages the portals they have linked, through the service.

#include "dialogue/manage/portals.h"

#include "support/full_disk.h"
#include "unit/dialogue/manage/portals_fixture.h"
#include "unit/portals/sample_portal.h"

namespace secondstep {
namespace {

using dialogue::PortalRequest;
using ::testing::HasSubstr;
using testing::no_answer;
using ::testing::Not;
using testing::Portals;
using ::testing::SizeIs;
using testing::Transcript;
using testing::Typed;

TEST_F(Portals, AreLinkedListedAndRemoved) {
    EXPECT_EQ(ask(alice, to_add("invoices")).verdict, Verdict::accepted);
    const Transcript listed = ask(alice, request_to(Verb::list, ""));
    EXPECT_EQ(listed.verdict, Verdict::accepted);
    EXPECT_THAT(code_line(listed), HasSubstr(R"("portal":"invoices","owner":"alice","method":"totp")"));
    EXPECT_EQ(ask(alice, request_to(Verb::remove, "invoices")).verdict, Verdict::accepted);
    EXPECT_EQ(ask(alice, request_to(Verb::code, "invoices")).verdict, Verdict::refused);
}

// break2 5: one reader took a shared portal from everybody.
TEST_F(Portals, AReaderOfACounterHasFiveCodesAMinuteAndItsOwnerAsManyAsTheyLike) {
    PortalRequest counted = to_add("counted", {"bob"});
    add_in(counted).portal.token.moving = otp::HotpMoving{.counter = 0};
    ASSERT_EQ(ask(alice, counted).verdict, Verdict::accepted);
    const PortalRequest of_alice = of(request_to(Verb::code, "counted"), "alice");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(ask(bob, of_alice).verdict, Verdict::accepted) << i;
    const Transcript sixth = ask(bob, of_alice);
    EXPECT_EQ(sixth.verdict, Verdict::refused);
    EXPECT_THAT(code_line(sixth), HasSubstr("You were given 5 codes of \"counted\" within a minute"));
    EXPECT_THAT(code_line(sixth), HasSubstr("Try again in 60 s."));
    for (int i = 0; i < 9; ++i)
        EXPECT_EQ(ask(alice, request_to(Verb::code, "counted")).verdict, Verdict::accepted) << i;
    world_.pass(std::chrono::seconds(60));
    EXPECT_EQ(ask(bob, of_alice).verdict, Verdict::accepted);
}

TEST_F(Portals, FreshCodesGoInOrderOfArrival) {
    ASSERT_EQ(ask(alice, to_add("shared", {"bob"})).verdict, Verdict::accepted);
    const auto fresh = [this](const Person& who) {
        return code_line(ask(who, of(fresh_code("shared"), "alice")));
    };
    const auto reach_the_next_step = [this] {
        world_.pass(std::chrono::seconds(30 - to_unix(world_.clock.now()) % 30));
    };
    reach_the_next_step();
    // The present step goes to bob, who asks in a loop from now on.
    EXPECT_THAT(fresh(bob), HasSubstr("\"code\""));
    EXPECT_THAT(fresh(alice), HasSubstr("wait_seconds"));
    EXPECT_THAT(fresh(bob), HasSubstr("wait_seconds"));
    reach_the_next_step();
    EXPECT_THAT(fresh(bob), HasSubstr("wait_seconds")) << "alice was first, though bob is quicker";
    const Transcript without_waiting = ask(bob, of(request_to(Verb::code, "shared"), "alice"));
    EXPECT_THAT(code_line(without_waiting), HasSubstr("Somebody else waits for the next code"));
    EXPECT_THAT(fresh(alice), HasSubstr("\"code\""));
    EXPECT_THAT(fresh(bob), HasSubstr("wait_seconds"));
    EXPECT_THAT(fresh(alice), HasSubstr("wait_seconds"));
    reach_the_next_step();
    EXPECT_THAT(fresh(alice), HasSubstr("wait_seconds"));
    EXPECT_THAT(fresh(bob), HasSubstr("\"code\""));
}

TEST_F(Portals, CodesOfOneStepAreOneLineForEachWhoSeesThem) {
    ASSERT_EQ(ask(alice, to_add("shared", {"bob"})).verdict, Verdict::accepted);
    const std::size_t before = world_.journal.changes.size();
    for (int i = 0; i < 10; ++i) {
        ask(alice, request_to(Verb::code, "shared"));
        ask(bob, of(request_to(Verb::code, "shared"), "alice"));
    }
    EXPECT_EQ(world_.journal.changes.size(), before + 2);
    world_.pass(std::chrono::seconds(30));
    ask(alice, request_to(Verb::code, "shared"));
    EXPECT_EQ(world_.journal.changes.size(), before + 3);
}

// Who has name and uid of somebody gone would read them.
TEST_F(Portals, RootRemovesAllOfAnAccountAtOnce) {
    ASSERT_EQ(ask(alice, to_add("one")).verdict, Verdict::accepted);
    ASSERT_EQ(ask(alice, to_add("two")).verdict, Verdict::accepted);
    const PortalRequest all = of(request_to(Verb::remove, ""), "alice");
    const auto removed = dialogue::perform(*world_.portals, all, {}, world_.clock.now());
    ASSERT_TRUE(removed) << removed.error().detail;
    EXPECT_EQ(removed->event->portal, "all 2");
    EXPECT_TRUE(world_.portals->read(*AccountName::create("alice"))->portals.empty());
    EXPECT_EQ(dialogue::perform(*world_.portals, all, {}, world_.clock.now()).error().code, Errc::not_found);
    EXPECT_FALSE(dialogue::decode_portal_request(encode(all))) << "nobody else can ask for that";
}

TEST_F(Portals, NoListHasAKey) {
    ask(alice, to_add("invoices"));
    for (const std::string& text : ask(alice, request_to(Verb::list, "")).texts) {
        EXPECT_THAT(text, Not(HasSubstr("GEZDGNBV")));
        EXPECT_THAT(text, Not(HasSubstr("3132333435")));
    }
}

TEST_F(Portals, TheCodeIsTheOneAnAppShowsAndIsLoggedWithoutIt) {
    ask(alice, to_add("invoices"));
    const Transcript seen = ask(alice, request_to(Verb::code, "invoices"));
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    const std::string code = world_.code_of(Secret::copy_of(std::string_view("12345678901234567890")));
    EXPECT_THAT(code_line(seen), HasSubstr("\"code\":\"" + code + "\"}"));
    const dialogue::ChangeEntry& entry = world_.journal.changes.back();
    EXPECT_EQ(word_of(entry), "portal-code");
    EXPECT_EQ(entry.user, "alice");
    EXPECT_EQ(entry.portal, "invoices");
    EXPECT_EQ(entry.owner, "alice");
    EXPECT_THAT(to_line(entry), Not(HasSubstr(code)));
}

TEST_F(Portals, AFreshCodeIsHandedOutOnce) {
    ask(alice, to_add("invoices"));
    const PortalRequest fresh = fresh_code("invoices");
    EXPECT_THAT(code_line(ask(alice, fresh)), HasSubstr("\"code\":"));
    const Transcript second = ask(alice, fresh);
    EXPECT_EQ(second.verdict, Verdict::accepted);
    EXPECT_THAT(code_line(second), HasSubstr("\"wait_seconds\":"));
    EXPECT_THAT(code_line(second), Not(HasSubstr("\"code\":")));
}

TEST_F(Portals, ASwitchedOffOneGivesNoCode) {
    ask(alice, to_add("invoices"));
    EXPECT_EQ(ask(alice, request_to(Verb::disable, "invoices")).verdict, Verdict::accepted);
    const Transcript refused = ask(alice, request_to(Verb::code, "invoices"));
    EXPECT_EQ(refused.verdict, Verdict::refused);
    EXPECT_THAT(refused.texts.back(), HasSubstr("portal enable invoices"));
    EXPECT_EQ(ask(alice, request_to(Verb::enable, "invoices")).verdict, Verdict::accepted);
    EXPECT_EQ(ask(alice, request_to(Verb::code, "invoices")).verdict, Verdict::accepted);
}

// --- the key ---

TEST_F(Portals, TheKeyIsRevealedAfterTheOwnersSecondStep) {
    ask(alice, to_add("invoices"));
    EXPECT_EQ(ask(alice, request_to(Verb::reveal, "invoices"), {no_answer}).verdict, Verdict::cancelled);
    const Transcript refused =
        ask(alice, request_to(Verb::reveal, "invoices"), {world_.wrong_code("alice"), no_answer});
    EXPECT_EQ(refused.verdict, Verdict::cancelled);
    for (const std::string& text : refused.texts)
        EXPECT_THAT(text, Not(HasSubstr("otpauth")));
    const Transcript shown = ask(alice, request_to(Verb::reveal, "invoices"), {code()});
    EXPECT_EQ(shown.verdict, Verdict::accepted);
    EXPECT_THAT(shown.texts.back(), HasSubstr("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
    EXPECT_EQ(word_of(world_.journal.changes.back()), "portal-key-revealed");
}

TEST_F(Portals, WhoHasNoSecondStepSeesHisKeyAtOnce) {
    ask(bob, to_add("invoices"));
    const Transcript shown = ask(bob, request_to(Verb::reveal, "invoices"));
    EXPECT_EQ(shown.verdict, Verdict::accepted);
    EXPECT_THAT(shown.texts.back(), HasSubstr("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
}

// --- limits and bad requests ---

TEST_F(Portals, ANameIsTakenOnceUnlessItIsReplaced) {
    ask(alice, to_add("invoices"));
    const Transcript again = ask(alice, to_add("invoices"));
    EXPECT_EQ(again.verdict, Verdict::refused);
    EXPECT_THAT(again.texts.back(), HasSubstr("--replace"));
    PortalRequest replace = to_add("invoices");
    add_in(replace).replace = true;
    EXPECT_EQ(ask(alice, replace).verdict, Verdict::accepted);
}

TEST_F(Portals, ANewKeyLeavesWhatWasNotSaidAnew) {
    PortalRequest first = to_add("invoices", {"bob"});
    add_in(first).portal.note = "mine";
    ask(alice, first);
    ask(alice, request_to(Verb::disable, "invoices"));
    PortalRequest replace = to_add("invoices");
    add_in(replace).replace = true;
    add_in(replace).portal.url = "https://x.example";
    ask(alice, replace);
    const std::string line = ask(alice, request_to(Verb::list, "")).texts.back();
    EXPECT_THAT(
        line, HasSubstr(R"("enabled":false,"note":"mine","url":"https://x.example","shared_with":["bob"])"));
}

TEST_F(Portals, ThirtyTwoAreKeptForOneOwner) {
    for (int i = 0; i < 32; ++i)
        ASSERT_EQ(ask(alice, to_add("p" + std::to_string(i))).verdict, Verdict::accepted);
    EXPECT_EQ(ask(alice, to_add("p32")).verdict, Verdict::refused);
    EXPECT_THAT(ask(alice, request_to(Verb::list, "")).texts, SizeIs(33)) << "the question, and a line each";
}

TEST_F(Portals, ARenamedOneHasItsOldNameNoMore) {
    ask(alice, to_add("invoices"));
    ask(alice, to_add("bank"));
    EXPECT_EQ(ask(alice, renamed("invoices", "bank")).verdict, Verdict::refused);
    EXPECT_EQ(ask(alice, renamed("invoices", "bills")).verdict, Verdict::accepted);
    EXPECT_EQ(ask(alice, request_to(Verb::code, "bills")).verdict, Verdict::accepted);
    EXPECT_EQ(ask(alice, request_to(Verb::code, "invoices")).verdict, Verdict::refused);
}

TEST_F(Portals, WhatIsNoFormIsNotAllowed) {
    dialogue::Request hello = world_.request("alice");
    hello.purpose = Purpose::manage;
    hello.task = Task::portals;
    hello.caller = dialogue::Caller::own_uid;
    hello.uid = 1000;
    EXPECT_EQ(world_.login(hello, {no_answer}).verdict, Verdict::not_allowed);
    EXPECT_EQ(world_.login(hello, {"list"}).verdict, Verdict::not_allowed);
    EXPECT_EQ(world_.login(hello, {Typed::form("verb=list\n")}).verdict, Verdict::not_allowed);
}

TEST_F(Portals, AFormIsNoAnswerAtALogin) {
    dialogue::Request login = request();
    EXPECT_EQ(world_.login(login, {Typed::form(code())}).verdict, Verdict::cancelled);
}

TEST_F(Portals, SomebodyWhoseSecondStepIsLostStillGetsHisCodes) {
    ask(alice, to_add("invoices"));
    record().credential.reset();
    EXPECT_EQ(ask(alice, request_to(Verb::code, "invoices")).verdict, Verdict::accepted);
}

}  // namespace
}  // namespace secondstep
