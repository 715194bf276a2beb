// Who may read and change the portals that others have linked.

#include "dialogue/manage/portals.h"

#include "support/full_disk.h"
#include "unit/dialogue/manage/portals_fixture.h"
#include "unit/portals/sample_portal.h"

namespace secondstep {
namespace {

using dialogue::PortalRequest;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Portals;
using testing::Transcript;

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

}  // namespace
}  // namespace secondstep
