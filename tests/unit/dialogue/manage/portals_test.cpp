// Somebody manages the portals they have linked, through the service.

#include "dialogue/manage/portals.h"

#include "portals/portal_actions.h"
#include "portals/portal_request.h"
#include "support/full_disk.h"
#include "support/temporary_directory.h"
#include "unit/dialogue/conversation.h"
#include "unit/portals/sample_portal.h"

namespace secondstep {
namespace {

using dialogue::PortalRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::no_answer;
using ::testing::Not;
using testing::sample_portal;
using ::testing::SizeIs;
using testing::Transcript;
using testing::Typed;
using Whose = PortalRequest::Whose;

enum class Verb { list, code, enable, disable, change, remove, reveal };

struct Person {
    std::string name;
    uid_t uid;
};
const Person alice{"alice", 1000};
const Person bob{"bob", 1001};

class Portals : public testing::Conversation {
  protected:
    Portals() {
        world_.add_person("bob", 1001);
        world_.portals = std::make_shared<const PortalStore>(
            PortalStore::open(directory_.path(), false, *world_.keyring, world_.randomness).value());
    }
    static PortalRequest::Wanted wanted(Verb verb, const std::string& text) {
        const PortalName name = *PortalName::create(text.empty() ? "any" : text);
        switch (verb) {
            case Verb::list:
                return PortalRequest::List{text.empty() ? std::nullopt : std::optional(name)};
            case Verb::code:
                return PortalRequest::Code{name};
            case Verb::enable:
                return PortalRequest::Switch{name, true};
            case Verb::disable:
                return PortalRequest::Switch{name, false};
            case Verb::change:
                return PortalRequest::Change{.name = name};
            case Verb::remove:
                break;
            case Verb::reveal:
                return PortalRequest::Reveal{name};
        }
        if (text.empty()) return PortalRequest::RemoveAll{};
        return PortalRequest::Remove{name};
    }
    static PortalRequest request_to(Verb verb, const std::string& name) {
        return {.wanted = wanted(verb, name)};
    }
    static PortalRequest fresh_code(const std::string& name) {
        return {.wanted = PortalRequest::Code{*PortalName::create(name), Freshness::fresh}};
    }
    static PortalRequest renamed(const std::string& name, const std::string& new_name) {
        return {.wanted = PortalRequest::Rename{*PortalName::create(name), *PortalName::create(new_name)}};
    }
    static PortalRequest::Add& add_in(PortalRequest& request) {
        return std::get<PortalRequest::Add>(request.wanted);
    }
    static PortalRequest to_add(const std::string& name, const std::vector<std::string>& readers = {}) {
        PortalRequest::Add add{.portal = sample_portal(name)};
        add.portal.last.reset();
        for (const std::string& reader : readers)
            add.portal.readers.push_back(
                {*AccountName::create(reader), reader == "bob" ? bob.uid : alice.uid});
        return {.wanted = std::move(add)};
    }
    static PortalRequest of(PortalRequest request, const std::string& owner) {
        request.whose = owner == "host" ? Whose::host : Whose::account;
        if (owner != "host") request.owner = *AccountName::create(owner);
        return request;
    }
    Transcript ask(const Person& who, const PortalRequest& request, std::vector<Typed> more = {}) {
        dialogue::Request hello = world_.request(who.name);
        hello.purpose = Purpose::manage;
        hello.task = Task::portals;
        hello.caller = dialogue::Caller::own_uid;
        hello.uid = who.uid;
        hello.service = "secondstep";
        hello.rhost = "";
        more.insert(more.begin(), Typed::form(std::string(encode(request).text())));
        return world_.login(hello, more);
    }
    void add_for_host(const PortalRequest& request) {
        const auto done = dialogue::perform(*world_.portals, request, {}, world_.clock.now());
        ASSERT_TRUE(done) << done.error().detail;
    }
    std::string code_line(const Transcript& seen) const {
        return seen.texts.empty() ? "" : seen.texts.back();
    }

    testing::TemporaryDirectory directory_;
};

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

// --- who may ---

TEST_F(Portals, WhatIsNotSharedLooksAsIfItWereNotThere) {
    ask(alice, to_add("invoices"));
    add_for_host(of(to_add("hosts-one"), "host"));
    const auto same_to_bob = [&](const PortalRequest& is, const PortalRequest& is_not) {
        const Transcript there = ask(bob, is);
        const Transcript not_there = ask(bob, is_not);
        EXPECT_EQ(there.verdict, Verdict::refused);
        ASSERT_EQ(there.texts.size(), not_there.texts.size());
        std::string same = not_there.texts.back();
        ASSERT_NE(same.find("invoicez"), std::string::npos);
        same.replace(same.find("invoicez"), 8, "invoices");
        EXPECT_EQ(there.texts.back(), same);
    };
    for (const Verb verb :
         {Verb::code, Verb::list, Verb::remove, Verb::reveal, Verb::disable, Verb::enable, Verb::change})
        same_to_bob(of(request_to(verb, "invoices"), "alice"), of(request_to(verb, "invoicez"), "alice"));
    same_to_bob(of(request_to(Verb::code, "invoices"), "alice"),
                of(request_to(Verb::code, "invoicez"), "alice"));
    EXPECT_EQ(ask(alice, request_to(Verb::code, "invoices")).verdict, Verdict::accepted)
        << "nothing was done";
}

TEST_F(Portals, AReaderReadsCodesAndDoesNothingElse) {
    ask(alice, to_add("invoices", {"bob"}));
    EXPECT_EQ(ask(bob, of(request_to(Verb::code, "invoices"), "alice")).verdict, Verdict::accepted);
    EXPECT_EQ(world_.journal.changes.back().user, "bob");
    EXPECT_EQ(world_.journal.changes.back().owner, "alice");
    EXPECT_THAT(ask(bob, of(request_to(Verb::list, ""), "alice")).texts.back(), HasSubstr("invoices"));
    for (const Verb verb : {Verb::remove, Verb::reveal, Verb::disable, Verb::enable, Verb::change})
        EXPECT_EQ(ask(bob, of(request_to(verb, "invoices"), "alice")).verdict, Verdict::refused);
    EXPECT_EQ(ask(bob, of(to_add("invoices"), "alice")).verdict, Verdict::refused);
}

TEST_F(Portals, WhoIsNoLongerAReaderReadsNothing) {
    ask(alice, to_add("invoices", {"bob"}));
    const PortalRequest change{
        .wanted = PortalRequest::Change{.name = *PortalName::create("invoices"),
                                        .note = "mine",
                                        .unshare = {{*AccountName::create("bob"), std::nullopt}}}};
    EXPECT_EQ(ask(alice, change).verdict, Verdict::accepted);
    EXPECT_EQ(ask(bob, of(request_to(Verb::code, "invoices"), "alice")).verdict, Verdict::refused);
}

TEST_F(Portals, WhoGetsAReadersNameLaterReadsNothing) {
    ask(alice, to_add("invoices", {"bob"}));
    world_.add_person("bob", 3001);
    EXPECT_EQ(ask({"bob", 3001}, of(request_to(Verb::code, "invoices"), "alice")).verdict, Verdict::refused);
}

TEST_F(Portals, WhetherTheHostHasOneIsNotToldToWhomItIsNotSharedWith) {
    add_for_host(of(to_add("invoices"), "host"));
    const Transcript there = ask(bob, request_to(Verb::code, "invoices"));
    const Transcript not_there = ask(bob, request_to(Verb::code, "invoicez"));
    EXPECT_EQ(there.verdict, Verdict::refused);
    std::string same = not_there.texts.back();
    ASSERT_NE(same.find("invoicez"), std::string::npos);
    EXPECT_EQ(there.texts.back(), same.replace(same.find("invoicez"), 8, "invoices"));
}

TEST_F(Portals, WhoMayNotReadThemDoesNotHoldThemUp) {
    ask(alice, to_add("invoices"));
    const auto held = world_.portals->begin(*AccountName::create("alice"));
    ASSERT_TRUE(held);
    const Transcript seen = ask(bob, of(request_to(Verb::code, "invoices"), "alice"));
    EXPECT_EQ(seen.verdict, Verdict::refused) << "it did not even try the lock";
    EXPECT_EQ(ask(alice, request_to(Verb::code, "invoices")).verdict, Verdict::unavailable) << "the control";
}

TEST_F(Portals, TheHostsAreForWhomTheyAreSharedWith) {
    add_for_host(of(to_add("invoices", {"bob"}), "host"));
    EXPECT_EQ(ask(bob, request_to(Verb::code, "invoices")).verdict, Verdict::accepted);
    EXPECT_EQ(world_.journal.changes.back().owner, "host");
    EXPECT_EQ(ask(alice, request_to(Verb::code, "invoices")).verdict, Verdict::refused);
    EXPECT_EQ(ask(bob, of(request_to(Verb::remove, "invoices"), "host")).verdict, Verdict::refused);
    EXPECT_EQ(ask(bob, of(to_add("more"), "host")).verdict, Verdict::refused);
}

TEST_F(Portals, OnesOwnComesBeforeTheHosts) {
    add_for_host(of(to_add("invoices", {"alice"}), "host"));
    ask(alice, to_add("invoices"));
    ask(alice, request_to(Verb::code, "invoices"));
    EXPECT_EQ(world_.journal.changes.back().owner, "alice");
}

TEST_F(Portals, AnotherUidUnderTheNameGetsNothing) {
    ask(alice, to_add("invoices"));
    world_.add_person("alice", 2000);
    const Transcript seen = ask({"alice", 2000}, request_to(Verb::code, "invoices"));
    EXPECT_EQ(seen.verdict, Verdict::not_allowed);
    EXPECT_THAT(seen.texts.back(), HasSubstr("uid 1000"));
    EXPECT_EQ(ask({"alice", 2000}, request_to(Verb::list, "")).verdict, Verdict::not_allowed);
}

TEST_F(Portals, WhoGetsANameBeginsAnewWhenThoseOfBeforeAreRemoved) {
    ask(alice, to_add("invoices"));
    const auto removed = dialogue::perform(*world_.portals, of(request_to(Verb::remove, "invoices"), "alice"),
                                           {}, world_.clock.now());
    ASSERT_TRUE(removed);
    world_.add_person("alice", 2000);
    EXPECT_EQ(ask({"alice", 2000}, to_add("mine")).verdict, Verdict::accepted);
    EXPECT_EQ(ask({"alice", 2000}, request_to(Verb::code, "mine")).verdict, Verdict::accepted);
    EXPECT_EQ(ask(alice, request_to(Verb::code, "mine")).verdict, Verdict::not_allowed);
}

TEST_F(Portals, NothingIsLinkedForSomebodyWhoDoesNotExist) {
    PortalRequest request = of(to_add("invoices"), "nobody-yet");
    EXPECT_EQ(dialogue::perform(*world_.portals, request, {}, world_.clock.now()).error().code,
              Errc::invalid);
    add_in(request).owner_uid = 4711;
    EXPECT_TRUE(dialogue::perform(*world_.portals, request, {}, world_.clock.now()));
}

TEST_F(Portals, ACodeThatCouldNotBeCountedIsNotTold) {
    ask(alice, to_add("invoices"));
    const std::size_t changes = world_.journal.changes.size();
    const testing::FullDisk full;
    const Transcript seen = ask(alice, request_to(Verb::code, "invoices"));
    EXPECT_EQ(seen.verdict, Verdict::unavailable);
    for (const std::string& text : seen.texts)
        EXPECT_THAT(text, Not(HasSubstr("\"code\"")));
    EXPECT_EQ(world_.journal.changes.size(), changes);
}

TEST_F(Portals, SomebodyElsesUidIsNotAllowed) {
    ask(alice, to_add("invoices"));
    EXPECT_EQ(ask({"alice", 1001}, request_to(Verb::code, "invoices")).verdict, Verdict::not_allowed);
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
