// Logins of a host while all nodes are down, with codes of the host's own.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "dialogue/texts/messages.h"
#include "dialogue/texts/outage_messages.h"
#include "dialogue/visit/subject.h"
#include "store/break_glass.h"
#include "store/break_glass_uses.h"
#include "support/temporary_directory.h"
#include "unit/dialogue/relayed/fleet_of_two.h"

namespace secondstep::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class BreakGlassLogin : public FleetOfTwo {
  protected:
    BreakGlassLogin() {
        ::chmod(directory.path().c_str(), 0700);
        configure("root");
        host.add_person("root", 0);
        node.add_person("root", 0);
        node.enroll("root", 0);
        make_codes();
        all_down = true;
    }
    void configure(const std::string& users) {
        host.configure("fleet = host\nfleet_nodes = auth1=192.0.2.1:7464\nbreak_glass_users = " + users +
                       "\nstore = " + directory.path() + "\n");
    }
    // What nodes have to hear of.
    [[nodiscard]] std::vector<BreakGlassUse> untold() const {
        return BreakGlassUses::untold(directory.path()).all().value();
    }
    void make_codes() {
        auto made =
            dialogue::make_recovery_set(break_glass_codes, otp::RecoveryCodeForm::long_code, host.randomness);
        ASSERT_TRUE(made);
        codes.clear();
        for (const Secret& one : made->codes)
            codes.emplace_back(one.text());
        const Credential credential =
            break_glass_credential(std::move(made->set), host.randomness, host.clock.now());
        MemoryStore::Record& kept = record();
        kept.state = state_after_enrollment(kept.state, credential, {});
        kept.credential = credential.clone();
    }
    [[nodiscard]] MemoryStore::Record& record() const {
        return host.store->record(RecordName::break_glass());
    }
    [[nodiscard]] std::size_t left() const {
        return recovery_codes_left(*record().credential, record().state);
    }
    Transcript log_in_as_root(const std::vector<Typed>& answers) { return log_in(request("root"), answers); }
    [[nodiscard]] std::string explained() { return messages::break_glass(host.ports().host); }

    TemporaryDirectory directory;
    std::vector<std::string> codes;
};

TEST_F(BreakGlassLogin, SaysWhatIsAskedForAboveTheUsualPromptAndLetsInOnce) {
    const Transcript seen = log_in_as_root({codes.at(0)});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    ASSERT_THAT(seen.texts, SizeIs(3));
    EXPECT_EQ(seen.texts.at(0), explained());
    EXPECT_EQ(seen.texts.at(1), messages::code_prompt);
    EXPECT_EQ(seen.texts.at(2), messages::break_glass_accepted(7));
    EXPECT_EQ(left(), 7U);
    host.pass(std::chrono::seconds{2});
    EXPECT_EQ(log_in_as_root({codes.at(0), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(log_in_as_root({codes.at(1)}).verdict, Verdict::accepted);
}

TEST_F(BreakGlassLogin, IsAnAlertInTheJournal) {
    log_in_as_root({codes.at(0)});
    ASSERT_THAT(host.journal.alerts, SizeIs(1));
    EXPECT_THAT(host.journal.alerts.front(), HasSubstr("root logged in (sshd, from 192.0.2.7)"));
    EXPECT_THAT(host.journal.alerts.front(), HasSubstr("7 left"));
    EXPECT_EQ(host.last_decision().reason, "break-glass: right");
}

TEST_F(BreakGlassLogin, IsKeptForTheNodes) {
    log_in_as_root({"wrong", codes.at(0)});
    const auto kept = untold();
    ASSERT_THAT(kept, SizeIs(1));
    EXPECT_EQ(kept[0].account, "root");
    EXPECT_EQ(kept[0].service, "sshd");
    EXPECT_EQ(kept[0].from, "192.0.2.7");
    EXPECT_EQ(kept[0].at, host.clock.now());
    EXPECT_EQ(kept[0].left, 7U);
    host.pass(std::chrono::seconds{2});
    log_in_as_root({codes.at(0), no_answer});
    EXPECT_THAT(untold(), SizeIs(1)) << "who was not let in is no news";
    log_in_as_root({codes.at(1)});
    EXPECT_THAT(untold(), SizeIs(2));
}

TEST_F(BreakGlassLogin, IsNotRefusedWhereItCannotBeKeptForTheNodes) {
    ::chmod(directory.path().c_str(), 0777);
    EXPECT_EQ(log_in_as_root({codes.at(0)}).verdict, Verdict::accepted);
    EXPECT_THAT(host.journal.warnings,
                Contains(HasSubstr("No node of the fleet will be told of this login")));
    EXPECT_THAT(host.journal.alerts, SizeIs(1));
}

TEST_F(BreakGlassLogin, IsAskedForOfNobodyElse) {
    const Transcript seen = log_in({codes.at(0)});
    EXPECT_EQ(seen.verdict, Verdict::unavailable);
    EXPECT_THAT(seen.texts, IsEmpty());
    EXPECT_EQ(left(), 8U);
}

TEST_F(BreakGlassLogin, IsAskedForOfWhomTheConfigurationNames) {
    configure("root, alice");
    EXPECT_EQ(log_in({codes.at(0)}).verdict, Verdict::accepted);
}

TEST_F(BreakGlassLogin, IsNothingForPortalsOrProgramsOfTheAccountNorAtACombinedPrompt) {
    dialogue::Request own = request("root");
    own.caller = dialogue::Caller::own_uid;
    EXPECT_EQ(log_in(own, {codes.at(0)}).verdict, Verdict::unavailable);
    dialogue::Request combined = request("root");
    combined.combined = true;
    EXPECT_EQ(log_in(combined, {codes.at(0)}).verdict, Verdict::unavailable);
    dialogue::Request managing = request("root");
    managing.purpose = Purpose::manage;
    managing.task = Task::status;
    EXPECT_EQ(log_in(managing, {codes.at(0)}).verdict, Verdict::unavailable);
    EXPECT_EQ(left(), 8U);
}

TEST_F(BreakGlassLogin, IsNotAskedForWhileTheRelayHasHeardOfANodeALittleWhileAgo) {
    all_down = false;
    faults = {Fault::no_node};
    const Transcript seen = log_in_as_root({codes.at(0)});
    EXPECT_EQ(seen.verdict, Verdict::unavailable);
    EXPECT_THAT(seen.texts, IsEmpty());
}

TEST_F(BreakGlassLogin, CodesOfTheHostAreNoneWhileANodeIsUp) {
    all_down = false;
    const Transcript seen = log_in_as_root({codes.at(0), no_answer});
    EXPECT_EQ(seen.verdict, Verdict::cancelled);
    EXPECT_THAT(seen.texts, Not(Contains(explained())));
    EXPECT_EQ(left(), 8U);
    EXPECT_EQ(log_in_as_root({node.code("root")}).verdict, Verdict::accepted);
}

TEST_F(BreakGlassLogin, IsNotJudgedWhenANodeCameBackWhileThePromptStood) {
    all_down = false;
    faults = {Fault::all_down};
    const Transcript seen = log_in_as_root({codes.at(0)});
    EXPECT_EQ(seen.verdict, Verdict::unavailable);
    EXPECT_EQ(seen.texts.back(), messages::nodes_are_back());
    EXPECT_EQ(left(), 8U);
    EXPECT_THAT(typed_there, Not(Contains(codes.at(0)))) << "and no node is told what was typed";
}

// --- a relay that is away: the nodes may be up, and nobody hears of them ---

TEST_F(BreakGlassLogin, IsAskedForAtOnceWhereNoRelayRunsAndThePersonIsToldThatItIsThis) {
    all_down = false;
    own_relay = Relay::is_not_there;
    const Transcript seen = log_in_as_root({"?", codes.at(0)});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_EQ(seen.texts.at(0), messages::break_glass_without_relay(host.ports().host));
    EXPECT_EQ(seen.texts.at(2), seen.texts.at(0)) << "and so says the help";
    EXPECT_EQ(waited.count(), 0);
    EXPECT_THAT(host.journal.alerts,
                Contains(HasSubstr("while secondstep-relay on this host does not answer")));
    EXPECT_EQ(left(), 7U);
}

TEST_F(BreakGlassLogin, WhoMayNotHaveItHearsNothingOfItWhereNoRelayRuns) {
    own_relay = Relay::is_not_there;
    const Transcript seen = log_in({codes.at(0)});
    EXPECT_EQ(seen.verdict, Verdict::unavailable);
    EXPECT_THAT(seen.texts, IsEmpty());
    EXPECT_THAT(host.last_decision().reason,
                HasSubstr("secondstep-relay does not run on this host: nobody listens"));
    record() = {};
    EXPECT_EQ(log_in_as_root({}).verdict, Verdict::unavailable);
    EXPECT_THAT(host.last_decision().reason,
                HasSubstr("secondstep-relay on this host does not answer, and this host has no"));
}

TEST_F(BreakGlassLogin, IsAskedForWhereTheRelayHangsAndFromThenOnAtOnce) {
    all_down = false;
    own_relay = Relay::hangs;
    EXPECT_EQ(log_in_as_root({codes.at(0)}).verdict, Verdict::accepted);
    EXPECT_LE(waited, std::chrono::milliseconds{8500})
        << "by whom it is noticed, the look before the answer with it";
    host.pass(std::chrono::seconds{2});
    waited = {};
    EXPECT_EQ(log_in_as_root({no_answer}).verdict, Verdict::cancelled);
    EXPECT_LE(waited, std::chrono::milliseconds{100}) << "before the question";
    waited = {};
    EXPECT_EQ(log_in_as_root({codes.at(1)}).verdict, Verdict::accepted);
    EXPECT_GE(waited, std::chrono::milliseconds{1000})
        << "a relay that is only slow is heard before a code is judged";
    EXPECT_LE(waited, std::chrono::milliseconds{1200});
    own_relay = Relay::runs;
    waited = {};
    EXPECT_EQ(log_in_as_root({codes.at(2), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(log_in_as_root({node.code("root")}).verdict, Verdict::accepted) << "as soon as it runs again";
    EXPECT_EQ(waited.count(), 0);
}

TEST_F(BreakGlassLogin, IsAskedForWhereTheRelayHangsUpWithoutAWord) {
    all_down = false;
    own_relay = Relay::ends_at_each_word;
    EXPECT_EQ(log_in_as_root({codes.at(0)}).verdict, Verdict::accepted);
    EXPECT_EQ(waited.count(), 0);
}

// What somebody may cause: that the relay is full, that nodes take their time, that something else listens where root has
// left them a place.
TEST_F(BreakGlassLogin, IsAskedForBecauseOfNoCrowdOfNoSlowNodeAndOfNoImpostor) {
    all_down = false;
    own_relay = Relay::has_no_room;
    EXPECT_EQ(log_in_as_root({codes.at(0)}).verdict, Verdict::unavailable);
    own_relay = Relay::is_an_impostor;
    EXPECT_EQ(log_in_as_root({codes.at(0)}).verdict, Verdict::unavailable);
    EXPECT_THAT(host.last_decision().reason, HasSubstr("uid 1000 listens"));
    own_relay = Relay::runs;
    faults = {Fault::timed_out, Fault::timed_out};
    EXPECT_EQ(log_in_as_root({codes.at(0)}).verdict, Verdict::unavailable);
    EXPECT_EQ(left(), 8U);
    EXPECT_THAT(host.journal.alerts, IsEmpty());
}

// Up to the prompt for a code of the host, while no relay runs; then it runs again, and what becomes of the code depends on what
// is heard of it.
class RelayThatIsBack : public BreakGlassLogin {
  protected:
    RelayThatIsBack() { begin(request("root")); }
    void begin(const dialogue::Request& request) {
        own_relay = Relay::is_not_there;
        dialogue_ = std::make_unique<dialogue::RelayedDialogue>(host.ports(), request, to_the_relay);
        step_ = dialogue_->begin();
        while (!std::holds_alternative<dialogue::Ask>(step_)) {
            if (auto* const work = std::get_if<dialogue::Work>(&step_)) work->job();
            step_ = dialogue_->resume(dialogue::Resumption::done);
        }
        own_relay = Relay::runs;
        all_down = false;
        step_ = dialogue_->answer(Secret::copy_of(codes.at(0)));
    }
    void ask_the_relay(dialogue::Resumption ends = dialogue::Resumption::done) {
        if (ends == dialogue::Resumption::done) std::get<dialogue::Work>(step_).job();
        step_ = dialogue_->resume(ends);
    }
    void expect_not_judged(const std::string& text, const std::string& why) {
        while (auto* const work = std::get_if<dialogue::Work>(&step_)) {
            work->job();
            step_ = dialogue_->resume(dialogue::Resumption::done);
        }
        ASSERT_TRUE(std::holds_alternative<dialogue::Show>(step_));
        EXPECT_EQ(std::get<dialogue::Show>(step_).text.text(), text);
        step_ = dialogue_->resume(dialogue::Resumption::done);
        EXPECT_EQ(std::get<dialogue::End>(step_).verdict, Verdict::unavailable);
        EXPECT_THAT(host.last_decision().reason, HasSubstr(why));
        EXPECT_EQ(left(), 8U);
    }
    std::unique_ptr<dialogue::Dialogue> dialogue_;
    dialogue::Step step_ = dialogue::End{};
};

TEST_F(RelayThatIsBack, AndOfANodeThePersonIsToldThatItAnswers) {
    ask_the_relay();
    expect_not_judged(messages::nodes_are_back(), "answers again");
}

TEST_F(RelayThatIsBack, AndOfANodeWhoseConnectionBroke) {
    faults = {Fault::lost_on_the_way, Fault::answer_lost};
    ask_the_relay();
    expect_not_judged(messages::nodes_are_back(), "answers again");
}

TEST_F(RelayThatIsBack, ButHasNotLookedLongEnough) {
    faults = {Fault::no_node};
    ask_the_relay();
    expect_not_judged(messages::nodes_are_looked_for(), "less than three seconds");
}

// After a restore, or when it was dropped. For how long nobody knows: that it passes in ten seconds is not said.
TEST_F(RelayThatIsBack, AndOfANodeThatDoesNotKnowThisHost) {
    faults = {Fault::not_known};
    ask_the_relay();
    expect_not_judged(messages::host_is_not_known(), "does not know this host");
}

TEST_F(BreakGlassLogin, OnAHostThatANodeDoesNotKnowNobodyIsAskedForOne) {
    all_down = false;
    for (const char* user : {"root", "alice"}) {
        faults = {Fault::not_known};
        const Transcript seen = log_in(request(user), {codes.at(0)});
        EXPECT_EQ(seen.verdict, Verdict::unavailable);
        EXPECT_THAT(seen.texts, ::testing::ElementsAre(messages::host_is_not_known())) << user;
    }
    EXPECT_EQ(left(), 8U);
}

// It is not this host that is slow, and at its console it would be the same.
TEST_F(RelayThatIsBack, AndOfANodeThatSaysNothingInTime) {
    faults = {Fault::timed_out, Fault::timed_out};
    ask_the_relay();
    expect_not_judged(messages::node_does_not_answer_in_time(), "is up, and did not answer in time");
}

TEST_F(RelayThatIsBack, ButNoThreadOfThisHostIsFree) {
    ask_the_relay(dialogue::Resumption::overloaded);
    expect_not_judged(messages::nodes_not_heard_of_in_time(false),
                      "too many conversations with nodes at once");
}

TEST_F(RelayThatIsBack, ButNoThreadIsFreeForWhoSitsAtTheConsole) {
    dialogue::Request at_the_console = request("root");
    at_the_console.rhost.clear();
    at_the_console.service = "login";
    ASSERT_TRUE(dialogue::is_at_the_machine(at_the_console));
    begin(at_the_console);
    ask_the_relay(dialogue::Resumption::overloaded);
    EXPECT_THAT(messages::nodes_not_heard_of_in_time(true), ::testing::Not(HasSubstr("console")));
    expect_not_judged(messages::nodes_not_heard_of_in_time(true),
                      "too many conversations with nodes at once");
}

TEST_F(RelayThatIsBack, ButIsFull) {
    own_relay = Relay::has_no_room;
    ask_the_relay();
    expect_not_judged(messages::node_does_not_answer_in_time(), "in time");
}

TEST_F(BreakGlassLogin, NoOtherCodeIsAccepted) {
    host.enroll("root", 0);
    const std::string of_an_app = host.code("root");
    const std::string of_its_recovery = host.recovery_codes["root"].at(0);
    EXPECT_EQ(log_in_as_root({of_an_app, no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(log_in_as_root({of_its_recovery, no_answer}).verdict, Verdict::cancelled);
    host.pass(std::chrono::minutes{1});
    EXPECT_EQ(
        log_in_as_root({host.code_of(record().credential->authenticators.front().key), no_answer}).verdict,
        Verdict::cancelled)
        << "of the authenticator that nobody has";
    EXPECT_EQ(left(), 8U);
}

TEST_F(BreakGlassLogin, EndsAfterAsManyTriesAsEveryLogin) {
    const Transcript seen = log_in_as_root({"123456", "hunter2", "7K3M9-QXT2H", codes.at(0)});
    EXPECT_EQ(seen.verdict, Verdict::refused);
    EXPECT_EQ(asks_in(seen), 3U);
    EXPECT_EQ(left(), 8U);
}

TEST_F(BreakGlassLogin, WrongCodesCloseNoWayForRightOnes) {
    make_codes();
    const std::vector<std::string> present = codes;
    make_codes();
    for (const std::string& ended : present)
        EXPECT_EQ(log_in_as_root({ended, no_answer}).verdict, Verdict::cancelled) << "those before are void";
    EXPECT_EQ(log_in_as_root({codes.at(0)}).verdict, Verdict::accepted);
}

TEST_F(BreakGlassLogin, WithoutCodesItEndsAtOnce) {
    record() = {};
    const Transcript seen = log_in_as_root({});
    EXPECT_EQ(seen.verdict, Verdict::unavailable);
    EXPECT_THAT(seen.texts, IsEmpty());
    EXPECT_THAT(host.last_decision().reason, HasSubstr("no break-glass codes"));
}

TEST_F(BreakGlassLogin, AFailedWriteLetsNobodyIn) {
    host.store->write_error = Error{Errc::io, "the disk is full"};
    EXPECT_EQ(log_in_as_root({codes.at(0)}).verdict, Verdict::unavailable);
    EXPECT_THAT(host.journal.alerts, IsEmpty());
}

TEST_F(BreakGlassLogin, IsOfNoAccountWhateverItIsCalled) {
    host.configure("fleet = none\naction = require\n");
    host.add_person("break-glass", 1002);
    host.add_person("%2Fbreak-glass", 1003);
    for (const char* name : {"break-glass", "%2Fbreak-glass", "root"}) {
        dialogue::Request asked = request(name);
        EXPECT_EQ(host.login(asked, {codes.at(0), no_answer}).verdict, Verdict::cancelled) << name;
    }
    EXPECT_EQ(left(), 8U);
}

TEST_F(BreakGlassLogin, TheAccountPhaseLetsPassWhoShowedOne) {
    const Transcript seen = log_in_as_root({codes.at(0)});
    ASSERT_EQ(seen.verdict, Verdict::accepted);
    const auto in_account_phase = [this](const Token& handed_on) {
        dialogue::Request asked = request("root");
        asked.purpose = Purpose::account;
        asked.proof = handed_on;
        return log_in(asked, {}).verdict;
    };
    const Token shown = seen.proof;
    EXPECT_EQ(in_account_phase(shown), Verdict::not_needed);
    EXPECT_EQ(in_account_phase({}), Verdict::unavailable);
    ASSERT_EQ(log_in_as_root({codes.at(1)}).verdict, Verdict::accepted);
    EXPECT_EQ(in_account_phase(shown), Verdict::unavailable) << "of another login than the last one";
}

TEST_F(BreakGlassLogin, SshdIsToldAtTheStartOfTheSession) {
    dialogue::Request over_ssh = request("root");
    over_ssh.told_later = true;
    EXPECT_THAT(log_in(over_ssh, {codes.at(0)}).texts, Not(Contains(messages::break_glass_accepted(7))));
    dialogue::Request session = over_ssh;
    session.purpose = Purpose::account;
    EXPECT_THAT(log_in(session, {}).texts, Contains(messages::break_glass_accepted(7)));
    host.pass(std::chrono::minutes{3});
    EXPECT_THAT(log_in(session, {}).texts, IsEmpty()) << "not of somebody who comes later with a key";
}

}  // namespace
}  // namespace secondstep::testing
