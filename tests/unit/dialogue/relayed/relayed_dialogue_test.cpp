#include "dialogue/relayed/relayed_dialogue.h"

#include <gmock/gmock.h>

#include "dialogue/conversation/answer_times.h"
#include "dialogue/texts/messages.h"
#include "unit/dialogue/relayed/fleet_of_two.h"
#include "wire/service_link.h"

namespace secondstep::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class RelayedLogin : public FleetOfTwo {};

TEST_F(RelayedLogin, ACodeIsJudgedOnTheNode) {
    const Transcript seen = log_in({code()});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_THAT(seen.texts, ElementsAre(std::string(messages::code_prompt)));
    EXPECT_EQ(node.last_decision().host, "web01");
    EXPECT_EQ(node.last_decision().user, "alice");
    EXPECT_EQ(host.last_decision().verdict, Verdict::accepted);
    EXPECT_TRUE(host.store->record("alice").state == State{}) << "nothing is kept on the host";
}

TEST_F(RelayedLogin, AUsedCodeIsRefusedOnEveryHost) {
    const std::string once = code();
    ASSERT_EQ(log_in({once}).verdict, Verdict::accepted);
    registered.name = "web02";
    registered.tag = {8};
    EXPECT_EQ(log_in({once, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(node.login("alice", {once, no_answer}).verdict, Verdict::cancelled);
}

TEST_F(RelayedLogin, TheNodesTextsAndItsMenuAreThePersons) {
    const Transcript seen = log_in({"?", "", node.wrong_code("alice"), code()});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    ASSERT_EQ(seen.texts.size(), 6U);
    EXPECT_EQ(seen.texts[1].substr(0, 1), "\n");
    EXPECT_EQ(seen.texts[2], messages::menu_prompt);
    EXPECT_EQ(seen.texts[4], messages::not_accepted());
}

TEST_F(RelayedLogin, TheAccountPhaseBelievesTheProofThatTheNodeGave) {
    state().recovery.not_saved = true;
    dialogue::Request asked = request();
    asked.enroll_in_account = true;
    ASSERT_EQ(log_in(asked, {code()}).verdict, Verdict::accepted);
    dialogue::Request account = asked;
    account.purpose = Purpose::account;
    const Token given = proof;
    EXPECT_EQ(asks_in(log_in(account, {})), 0U) << "without it nothing is offered";
    account.proof = given;
    EXPECT_EQ(asks_in(log_in(account, {""})), 1U);
    registered.name = "web02";
    EXPECT_EQ(asks_in(log_in(account, {})), 0U) << "of another host it proves nothing";
}

// --- who needs no node ---

TEST_F(RelayedLogin, WhomARuleExemptsNoNodeHearsOf) {
    host.configure("[rule console]\nnetworks = local\nusers = root\naction = exempt\n");
    host.add_person("root", 0);
    dialogue::Request console = request("root");
    console.rhost.clear();
    console.tty = "tty1";
    faults = {Fault::no_node};
    EXPECT_EQ(log_in(console, {}).verdict, Verdict::not_needed);
    EXPECT_EQ(faults.size(), 1U) << "the node was not asked";
    EXPECT_EQ(host.last_decision().reason, "exempt by rule console");
}

TEST_F(RelayedLogin, WhoIsNotEnrolledIsLetInByTheNodesWordOnly) {
    host.add_person("bob", 1001);
    EXPECT_EQ(log_in(request("bob"), {}).verdict, Verdict::not_needed);
    faults = {Fault::no_node};
    EXPECT_EQ(log_in(request("bob"), {}).verdict, Verdict::unavailable);
    EXPECT_THAT(host.last_decision().reason, HasSubstr("no node"));
}

TEST_F(RelayedLogin, ARequireOfTheHostsHoldsOnTheNode) {
    host.configure("action = require\n");
    host.add_person("bob", 1001);
    EXPECT_EQ(log_in(request("bob"), {"123456", "234567", "345678"}).verdict, Verdict::refused);
}

// --- passwords ---

TEST_F(RelayedLogin, AWordAtTheHiddenPromptStaysOnTheHost) {
    const Transcript seen = log_in({"correct horse", "123", code()});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_THAT(typed_there, ElementsAre("-", "-", ::testing::SizeIs(6)));
}

TEST_F(RelayedLogin, WhatHasTheShapeOfACodeAndWhatMayBeSeenGoes) {
    log_in({"?", "3", "7K3M-9QXT-2HVB-W4ZD", code()});
    EXPECT_THAT(typed_there, ElementsAre("?", "3", "7K3M-9QXT-2HVB-W4ZD", ::testing::SizeIs(6)));
}

// --- a node that is lost ---

TEST_F(RelayedLogin, ACodeThatWasLostOnTheWayIsSentAgain) {
    faults = {Fault::none, Fault::lost_on_the_way};
    EXPECT_EQ(log_in({code()}).verdict, Verdict::accepted);
    EXPECT_EQ(introductions.size(), 2U);
}

TEST_F(RelayedLogin, ACodeThatWasAcceptedUnheardIsAcceptedOnce) {
    faults = {Fault::none, Fault::answer_lost};
    const std::string once = code();
    EXPECT_EQ(log_in({once}).verdict, Verdict::accepted);
    EXPECT_EQ(log_in({once, no_answer}).verdict, Verdict::cancelled) << "and nobody else's";
}

TEST_F(RelayedLogin, ASilentNodeIsGivenUpAndTheNextOneAsked) {
    faults = {Fault::none, Fault::timed_out};
    EXPECT_EQ(log_in({code()}).verdict, Verdict::accepted);
}

// Of recovery codes one is computed at a time, and others are first.
// In the minutes of an upgrade. What cannot be sent again would be lost each time.
TEST_F(RelayedLogin, ARelayOfTheVersionBeforeIsNotToldForHowLongAnAnswerIsWaitedFor) {
    own_relay = Relay::is_of_before;
    EXPECT_EQ(log_in({code()}).verdict, Verdict::accepted);
    EXPECT_EQ(introductions.size(), 2U) << "it hung up on the first";
    EXPECT_THAT(typed_there, SizeIs(1));
    EXPECT_EQ(log_in({"?", "", code(1)}).verdict, Verdict::accepted);
    EXPECT_EQ(introductions.size(), 3U);
    EXPECT_FALSE(to_the_relay->hears_of_time_left());
    host.pass(dialogue::OwnRelay::before_it_is_told_again);
    EXPECT_TRUE(to_the_relay->hears_of_time_left());
}

TEST_F(RelayedLogin, ARecoveryCodeThatWaitsForItsTurnIsJudgedOnceAndAnsweredRight) {
    for (const std::chrono::milliseconds wait :
         {std::chrono::milliseconds{4'500}, std::chrono::milliseconds{6'000}}) {
        introductions.clear();
        const std::size_t judged = node.journal.decisions.size();
        auto first =
            node.memory.recovery_turns.line_up({*source_of_rhost("192.0.2.9", SourceKind::address), "bob"});
        const auto begun = node.steady;
        while_the_node_waits = [&] {
            if (node.steady - begun >= wait) first.reset();
        };
        const std::string once = node.recovery_codes["alice"].at(wait.count() > 5000 ? 1 : 0);
        EXPECT_EQ(log_in({once}).verdict, Verdict::accepted) << wait.count();
        EXPECT_EQ(introductions.size(), 1U) << "it was given up, and another conversation begun";
        EXPECT_EQ(node.journal.decisions.size(), judged + 1);
        EXPECT_EQ(log_in({once, no_answer}).verdict, Verdict::cancelled) << "it is used up";
        host.pass(std::chrono::minutes{1});
        node.pass(std::chrono::minutes{1});
    }
}

TEST_F(RelayedLogin, ATurnThatNeverComesIsTheNodesToTell) {
    const auto first =
        node.memory.recovery_turns.line_up({*source_of_rhost("192.0.2.9", SourceKind::address), "bob"});
    const auto begun = host.steady;
    EXPECT_EQ(log_in({node.recovery_codes["alice"].at(0)}).verdict, Verdict::unavailable);
    EXPECT_EQ(node.last_decision().reason, "too many recovery codes at once");
    EXPECT_EQ(host.last_decision().reason, "as a node of the fleet says");
    EXPECT_EQ(introductions.size(), 1U);
    EXPECT_LE(host.steady - begun, dialogue::answer_times::of_a_host);
}

// The connection of its host broke while others were first: what nobody will hear of uses no code up.
TEST_F(RelayedLogin, ARecoveryCodeWhoseHostIsGoneWhenItsTurnComesIsNotJudged) {
    const std::string once = node.recovery_codes["alice"].at(0);
    const State before = state();
    auto first =
        node.memory.recovery_turns.line_up({*source_of_rhost("192.0.2.9", SourceKind::address), "bob"});
    while_the_node_waits = [&] {
        node.is_awaited = false;
        first.reset();
    };
    EXPECT_EQ(log_in({once}).verdict, Verdict::unavailable);
    EXPECT_EQ(node.last_decision().reason, "nobody waits for the verdict any more");
    EXPECT_EQ(state(), before);
    node.is_awaited = true;
    EXPECT_EQ(log_in({once}).verdict, Verdict::accepted);
}

TEST_F(RelayedLogin, NeitherIsACodeWhoseHostIsGoneWhenTheRecordIsFree) {
    const State before = state();
    while_the_node_waits = [this] { node.is_awaited = false; };
    for (const std::string& once : {code(), node.recovery_codes["alice"].at(0)}) {
        node.store->busy = 3;
        EXPECT_EQ(log_in({once}).verdict, Verdict::unavailable);
        EXPECT_EQ(node.last_decision().reason, "nobody waits for the verdict any more");
        EXPECT_EQ(state(), before);
        node.is_awaited = true;
    }
    while_the_node_waits = {};
    EXPECT_EQ(log_in({code()}).verdict, Verdict::accepted);
}

// Nor is it held against the host.
TEST_F(RelayedLogin, WhatNobodyWaitsForIsOfNoBudget) {
    node.is_awaited = false;
    for (unsigned i = 0; i < 100; ++i)
        ASSERT_EQ(log_in({node.wrong_code("alice", i)}).verdict, Verdict::unavailable);
    node.is_awaited = true;
    EXPECT_EQ(log_in({code()}).verdict, Verdict::accepted);
}

// --- more than five at once for one account, from places that it does not know ---

class SixthAtOnce : public FleetOfTwo {
  protected:
    SixthAtOnce() {
        for (int i = 0; i < 5; ++i)
            under_way_.push_back(budget_.admit_answer(asker_, node.steady));
    }
    void five_become(dialogue::GuestBudget::Cost cost) {
        for (const auto& one : std::exchange(under_way_, {}))
            budget_.settle_answer(asker_, one.number, node.steady, cost);
    }
    dialogue::GuestBudget& budget_ = node.memory.guest_budget;
    const dialogue::GuestBudget::Asker asker_{
        .host = registered.tag, .account = "alice", .place = "elsewhere"};
    std::vector<dialogue::GuestBudget::Admitted> under_way_;
};

TEST_F(SixthAtOnce, WaitsForTheFiveAndIsRight) {
    while_the_node_waits = [this] { five_become(dialogue::GuestBudget::Cost::work); };
    EXPECT_EQ(log_in({code()}).verdict, Verdict::accepted);
}

TEST_F(SixthAtOnce, IsJudgedByNobodyWhenAllFiveWereWrong) {
    while_the_node_waits = [this] { five_become(dialogue::GuestBudget::Cost::failure); };
    const State before = state();
    EXPECT_EQ(log_in({code(), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(state(), before);
}

TEST_F(SixthAtOnce, IsUnavailableWhenTheyTakeTooLong) {
    const auto begun = host.steady;
    EXPECT_EQ(log_in({code()}).verdict, Verdict::unavailable);
    EXPECT_EQ(node.last_decision().reason, "too many answers of its host are judged at once");
    EXPECT_LE(host.steady - begun, dialogue::answer_times::of_the_first_node);
    five_become(dialogue::GuestBudget::Cost::work);
    EXPECT_EQ(log_in({code()}).verdict, Verdict::accepted) << "it is not used up";
}

TEST_F(RelayedLogin, IsGivenUpBeforeTheModuleGivesTheServiceUp) {
    EXPECT_EQ(wire::ServiceLink::Options{}.answer_timeout, dialogue::answer_times::of_a_module);
    for (const std::string& typed : {code(), node.recovery_codes["alice"].at(0)}) {
        const auto begun = host.steady;
        faults = {Fault::none, Fault::timed_out, Fault::timed_out, Fault::timed_out};
        EXPECT_EQ(log_in({typed}).verdict, Verdict::unavailable);
        EXPECT_LE(host.steady - begun, dialogue::answer_times::of_a_host);
    }
}

// A host that somebody broke into sends one id with all that is typed there.
TEST_F(RelayedLogin, WhatLetSomebodyInAtOneServiceOpensNoOther) {
    same_write = relay::WriteId{7};
    ASSERT_EQ(log_in({code()}).verdict, Verdict::accepted);
    EXPECT_EQ(log_in({node.wrong_code("alice")}).verdict, Verdict::accepted) << "its own write, once more";
    dialogue::Request other = request();
    other.service = "sudo";
    EXPECT_EQ(log_in(other, {node.wrong_code("alice"), no_answer}).verdict, Verdict::cancelled);
}

// Whoever has one right code repeats it as cheaply as they like, each time for a write of the node.
TEST_F(RelayedLogin, TheRepetitionOfItsOwnWriteIsOfWhatAHostMayCause) {
    same_write = relay::WriteId{7};
    ASSERT_EQ(log_in({code()}).verdict, Verdict::accepted);
    int accepted = 0;
    for (int i = 0; i < 100; ++i)
        accepted += log_in({node.wrong_code("alice"), no_answer}).verdict == Verdict::accepted ? 1 : 0;
    EXPECT_EQ(accepted, 60);
}

// --- threads, which wait for a node ---

class TurnsOfARelayedLogin : public FleetOfTwo {
  protected:
    // Up to its first job for a node.
    dialogue::Work first_work(const dialogue::Request& request) {
        dialogue_ = std::make_unique<dialogue::RelayedDialogue>(host.ports(), request, to_the_relay);
        dialogue::Step step = dialogue_->begin();
        for (;;) {
            auto* const work = std::get_if<dialogue::Work>(&step);
            const bool is_for_a_node = work != nullptr && (work->kind == dialogue::Work::Kind::fleet ||
                                                           work->kind == dialogue::Work::Kind::fleet_local);
            if (is_for_a_node) return std::move(*work);
            if (work == nullptr) throw std::runtime_error("no job for a node");
            work->job();
            step = dialogue_->resume(dialogue::Resumption::done);
        }
    }
    dialogue::Work work_of(const std::string& user, const std::string& rhost, uid_t uid = 0,
                           dialogue::Caller other = dialogue::Caller::own_uid) {
        dialogue::Request asked = request(user);
        asked.rhost = rhost;
        asked.uid = uid;
        asked.caller = uid == 0 ? dialogue::Caller::root : other;
        return first_work(asked);
    }
    [[nodiscard]] std::string whose(const std::string& user, const std::string& rhost, uid_t uid = 0) {
        return work_of(user, rhost, uid).name;
    }
    std::unique_ptr<dialogue::Dialogue> dialogue_;
};

TEST_F(TurnsOfARelayedLogin, CountTheirTimeFromTheMomentTheyWereWanted) {
    dialogue::Work work = first_work(request());
    host.pass(std::chrono::milliseconds{3'000});
    faults = {Fault::timed_out};
    work.job();
    EXPECT_LE(waited, std::chrono::milliseconds{1'000}) << "of four seconds three had passed";
}

TEST_F(TurnsOfARelayedLogin, AreNotBegunWhenNobodyWaitsForThemAnyMore) {
    dialogue::Work work = first_work(request());
    host.pass(dialogue::answer_times::of_the_first_node);
    work.job();
    EXPECT_THAT(introductions, ::testing::IsEmpty());
    dialogue::Step step = dialogue_->resume(dialogue::Resumption::done);
    host.pass(dialogue::answer_times::of_a_host - dialogue::answer_times::of_the_first_node);
    std::get<dialogue::Work>(step).job();
    EXPECT_THAT(introductions, ::testing::IsEmpty());
    step = dialogue_->resume(dialogue::Resumption::done);
    EXPECT_EQ(std::get<dialogue::End>(step).verdict, Verdict::unavailable);
    EXPECT_THAT(host.last_decision().reason, HasSubstr("too many conversations"));
}

TEST_F(TurnsOfARelayedLogin, AreTriedAgainWhenThereWasNoThreadInTime) {
    dialogue::Work work = first_work(request());
    host.pass(dialogue::answer_times::of_the_first_node);
    work.job();
    dialogue::Step step = dialogue_->resume(dialogue::Resumption::done);
    std::get<dialogue::Work>(step).job();
    step = dialogue_->resume(dialogue::Resumption::done);
    EXPECT_TRUE(std::holds_alternative<dialogue::Ask>(step));
    EXPECT_THAT(introductions, SizeIs(1));
}

// The host has given up what the node would still have time for.
TEST_F(TurnsOfARelayedLogin, TellTheNodeWhatIsLeftOfTheirTime) {
    const std::string once = node.recovery_codes["alice"].at(0);
    const State before = state();
    auto first =
        node.memory.recovery_turns.line_up({*source_of_rhost("192.0.2.9", SourceKind::address), "bob"});
    const auto begun = node.steady;
    while_the_node_waits = [&] {
        if (node.steady - begun >= std::chrono::milliseconds{6'500}) first.reset();
    };
    first_work(request()).job();
    dialogue::Step step = dialogue_->resume(dialogue::Resumption::done);
    ASSERT_TRUE(std::holds_alternative<dialogue::Ask>(step));
    step = dialogue_->answer(Secret::copy_of(once));
    host.pass(std::chrono::milliseconds{3'000});  // for a thread
    std::get<dialogue::Work>(step).job();
    step = dialogue_->resume(dialogue::Resumption::done);
    EXPECT_EQ(std::get<dialogue::End>(step).verdict, Verdict::unavailable);
    EXPECT_EQ(node.last_decision().reason, "nobody waits for the verdict any more");
    EXPECT_EQ(state(), before) << "it is not used up";
}

// Behind the decision there are a durable write and the way back.
TEST_F(TurnsOfARelayedLogin, ThatComeTooLateToBeHeardAreNotJudged) {
    using std::chrono::milliseconds;
    namespace times = dialogue::answer_times;
    const std::string once = node.recovery_codes["alice"].at(0);
    for (const milliseconds left : {milliseconds{300}, milliseconds{700}}) {
        const State before = state();
        auto first =
            node.memory.recovery_turns.line_up({*source_of_rhost("192.0.2.9", SourceKind::address), "bob"});
        first_work(request()).job();
        dialogue::Step step = dialogue_->resume(dialogue::Resumption::done);
        ASSERT_TRUE(std::holds_alternative<dialogue::Ask>(step));
        step = dialogue_->answer(Secret::copy_of(once));
        const milliseconds for_a_thread{3'000};
        host.pass(for_a_thread);
        const auto given_up = node.steady + times::of_a_host - for_a_thread - times::on_the_way;
        while_the_node_waits = [&] {
            if (!first) return;
            first.reset();
            node.steady = given_up - left;
        };
        std::get<dialogue::Work>(step).job();
        while_the_node_waits = {};
        step = dialogue_->resume(dialogue::Resumption::done);
        while (std::holds_alternative<dialogue::Show>(step))
            step = dialogue_->resume(dialogue::Resumption::done);
        const bool is_judged = left > times::until_it_is_heard;
        EXPECT_EQ(std::get<dialogue::End>(step).verdict,
                  is_judged ? Verdict::accepted : Verdict::unavailable);
        EXPECT_EQ(state() == before, !is_judged) << left.count();
    }
}

// Whoever sits at it does not wait behind those who come over the network.
TEST_F(TurnsOfARelayedLogin, AreNotThoseOfTheNetworkWhereRootsProgramSaysThatNobodyComesOverOne) {
    using Kind = dialogue::Work::Kind;
    host.configure("portal_services = sshd\n");
    EXPECT_EQ(work_of("alice", "").kind, Kind::fleet_local);
    EXPECT_EQ(work_of("alice", "192.0.2.7").kind, Kind::fleet);
    EXPECT_EQ(work_of("alice", "127.0.0.1").kind, Kind::fleet) << "a proxy may stand there";
    EXPECT_EQ(work_of("alice", "", 1000).kind, Kind::fleet) << "a program of the account's own";
    EXPECT_EQ(work_of("alice", "", 33, dialogue::Caller::trusted).kind, Kind::fleet) << "a portal";
}

TEST_F(TurnsOfARelayedLogin, AreOfWhereTheyComeFromWhoeverIsNamed) {
    host.add_person("bob", 1001);
    EXPECT_EQ(whose("alice", "192.0.2.7"), whose("bob", "192.0.2.8")) << "one network";
    EXPECT_NE(whose("alice", "192.0.2.7"), whose("alice", "198.51.100.7"));
    EXPECT_NE(whose("alice", ""), whose("bob", "")) << "sudo of one is not in the way of another's";
    EXPECT_NE(whose("alice", "192.0.2.7", 1000), whose("bob", "192.0.2.7", 1001))
        << "own programs, whatever they say";
    EXPECT_EQ(whose("alice", "192.0.2.7", 1000), whose("alice", "198.51.100.7", 1000));
}

TEST_F(RelayedLogin, ARefusalThatWasLostIsCountedAtLeastOnceAndItsTryIsUsed) {
    faults = {Fault::none, Fault::none, Fault::answer_lost};
    const Transcript seen = log_in({node.wrong_code("alice", 0), node.wrong_code("alice", 1), code()});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    ASSERT_EQ(introductions.size(), 2U);
    EXPECT_EQ(introductions.at(1).tries_used, 1);
}

TEST_F(RelayedLogin, TriesAreNotWonByLosingNodes) {
    faults = {Fault::none, Fault::none, Fault::lost_on_the_way,
              Fault::none, Fault::none, Fault::lost_on_the_way};
    const Transcript seen = log_in(
        {node.wrong_code("alice", 0), node.wrong_code("alice", 1), node.wrong_code("alice", 2), code()});
    EXPECT_EQ(seen.verdict, Verdict::refused);
    EXPECT_EQ(asks_in(seen), 3U);
}

TEST_F(RelayedLogin, TwiceLostIsUnavailable) {
    faults = {Fault::none, Fault::lost_on_the_way, Fault::lost_on_the_way};
    EXPECT_EQ(log_in({code()}).verdict, Verdict::unavailable);
}

TEST_F(RelayedLogin, WhatIsTypedInAMenuIsNotSentAgain) {
    faults = {Fault::none, Fault::none, Fault::lost_on_the_way};
    EXPECT_EQ(log_in({"?", "3", code()}).verdict, Verdict::unavailable);
    EXPECT_EQ(introductions.size(), 1U);
}

TEST_F(RelayedLogin, NoNodeIsSaidAtOnce) {
    faults = {Fault::no_node};
    EXPECT_EQ(log_in({code()}).verdict, Verdict::unavailable);
    EXPECT_EQ(introductions.size(), 0U);
    EXPECT_EQ(host.last_decision().reason, "no node of the fleet answers");
}

// The tool compares it with the files of this machine: those of the node say nothing about them.
TEST_F(RelayedLogin, StatusTellsRootHowTheServiceOfThisHostStandsAndNothingOfTheNodes) {
    host.add_person("root", 0);
    node.add_person("root", 0);
    host.config->fingerprint = "of the host";
    node.config->fingerprint = "of the node";
    dialogue::Request asked = request("root");
    asked.purpose = Purpose::manage;
    asked.task = Task::status;
    asked.uid = 0;
    const Transcript seen = log_in(asked, {});
    EXPECT_THAT(seen.texts, ElementsAre(HasSubstr("of the host"), HasSubstr(R"("user":"root")")));
    faults = {Fault::no_node};
    EXPECT_THAT(log_in(asked, {}).texts, ElementsAre(HasSubstr("of the host")));
}

}  // namespace
}  // namespace secondstep::testing
