// What a host of the fleet may cause at a node, whatever it says: FLEET's table of who can do what, row by row.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>

#include "account/one_time_grant.h"
#include "dialogue/make_dialogue.h"
#include "dialogue/texts/messages.h"
#include "otp/one_time_code.h"
#include "unit/dialogue/conversation.h"
#include "unit/dialogue/relayed/fleet_of_two.h"

namespace secondstep::testing {
namespace {

using fleet::HostClass;
using ::testing::HasSubstr;

// web01 was broken into: what it sends is the attacker's.
class HostileHost : public FleetOfTwo {
  protected:
    // As the host says it, whatever its rules are.
    [[nodiscard]] dialogue::Request said(dialogue::Introduction introduction,
                                         const std::string& user = "alice") const {
        dialogue::Request request = FleetOfTwo::request(user);
        request.caller = introduction.caller;
        request.uid = introduction.peer;
        request.guest = std::make_shared<const dialogue::Guest>(
            dialogue::Guest{registered, std::move(introduction), registry()});
        return request;
    }
    [[nodiscard]] static dialogue::Introduction of(const std::string& name, uid_t uid) {
        dialogue::Introduction introduction;
        introduction.account = name;
        introduction.uid = uid;
        return introduction;
    }
    // Of a name that nobody has, where everybody is asked for a code.
    [[nodiscard]] static dialogue::Introduction required() {
        dialogue::Introduction introduction;
        introduction.policy.action = Action::require;
        return introduction;
    }
    // alice's own program there, about her own second step.
    [[nodiscard]] dialogue::Request managing(uid_t uid, Task task) const {
        dialogue::Introduction own = of("alice", uid);
        own.caller = dialogue::Caller::own_uid;
        own.peer = uid;
        dialogue::Request request = said(std::move(own));
        request.purpose = Purpose::manage;
        request.task = task;
        return request;
    }
    Transcript at_node(dialogue::Introduction introduction, const std::vector<Typed>& answers) {
        return node.login(said(std::move(introduction)), answers);
    }
    [[nodiscard]] std::string recovery_code(std::size_t i) { return node.recovery_codes["alice"].at(i); }
};

// --- it cannot loosen what the node asks ---

TEST_F(HostileHost, IsNotRememberedLongerThanTheNodeAllows) {
    dialogue::Introduction generous = of("alice", 1000);
    generous.policy.remember = std::chrono::hours{24};
    ASSERT_EQ(at_node(generous, {code()}).verdict, Verdict::accepted);
    EXPECT_TRUE(state().clients.empty());
    node.configure("remember = 1h\n");
    node.pass(std::chrono::minutes{1});
    ASSERT_EQ(at_node(generous, {code()}).verdict, Verdict::accepted);
    ASSERT_EQ(state().clients.size(), 1U);
    EXPECT_LE(state().clients.front().until, node.clock.now() + std::chrono::hours{1});
}

TEST_F(HostileHost, ClientsThatAreRememberedAreRememberedOnTheirHostAlone) {
    node.configure("remember = 1h\n");
    dialogue::Introduction generous = of("alice", 1000);
    generous.policy.remember = std::chrono::hours{1};
    ASSERT_EQ(at_node(generous, {code()}).verdict, Verdict::accepted);
    EXPECT_EQ(asks_in(at_node(generous, {})), 0U);
    EXPECT_EQ(asks_in(node.login(FleetOfTwo::request(), {no_answer})), 1U) << "not on the node";
    registered.name = "web02";
    registered.tag = {8};
    EXPECT_EQ(asks_in(at_node(generous, {no_answer})), 1U) << "nor on another host";
}

TEST_F(HostileHost, CannotEnrollWithAMethodThatTheNodeHasNot) {
    dialogue::Introduction weak = of("alice", 1000);
    weak.policy.methods = {"sms"};
    registered.changes = HostClass::changes;
    const Policy policy = tightened_by(node.config->rules.defaults, weak.policy);
    EXPECT_EQ(policy.methods, node.config->rules.defaults.methods);
}

TEST_F(HostileHost, CannotSpeakForRootAsAPortalNorForOthersAsAProgram) {
    dialogue::Introduction portal = of("root", 0);
    portal.caller = dialogue::Caller::trusted;
    EXPECT_EQ(node.login(said(portal, "root"), {}).verdict, Verdict::not_allowed);
    dialogue::Introduction program = of("alice", 1000);
    program.caller = dialogue::Caller::own_uid;
    program.peer = 1001;
    EXPECT_EQ(at_node(program, {}).verdict, Verdict::not_allowed);
}

// --- places ---

TEST_F(HostileHost, IsAStrangerAtTheOwnersPlaces) {
    ASSERT_EQ(node.login(FleetOfTwo::request(), {code()}).verdict, Verdict::accepted);
    ASSERT_EQ(state().known.size(), 1U);
    const std::vector<Typed> wrong = node.wrong_codes("alice");
    for (int i = 0; i < 3; ++i) {
        at_node(of("alice", 1000), wrong);
        node.pass(std::chrono::minutes{1});
    }
    EXPECT_EQ(state().known.front().failures.count, 0U) << "it says 192.0.2.7, and is web01 all the same";
    EXPECT_GT(state().strangers.count, 0U);
    node.pass(std::chrono::minutes{1});
    EXPECT_EQ(node.login(FleetOfTwo::request(), {code()}).verdict, Verdict::accepted)
        << "the owner is not locked out";
}

// --- it is no weapon to lock people out with ---

TEST_F(HostileHost, HasFiveFailuresForAnAccountADayAndLeavesTheOthersTheirOwn) {
    for (unsigned i = 0; i < 20; ++i) {
        at_node(of("alice", 1000), {node.wrong_code("alice", i), no_answer});
        node.pass(std::chrono::minutes{61});
    }
    EXPECT_EQ(state().strangers.count, 5U);
    EXPECT_EQ(at_node(of("alice", 1000), {code(), no_answer}).verdict, Verdict::cancelled)
        << "its answers are not judged, the right one neither";
    const dialogue::Decision& unjudged = node.journal.decisions.at(node.journal.decisions.size() - 2);
    EXPECT_EQ(unjudged.reason, "not judged: too many wrong codes of its host for this account");
    EXPECT_EQ(unjudged.recovery_codes_left, std::nullopt) << "the decoy's are nobody's";
    EXPECT_EQ(node.login(FleetOfTwo::request(), {code()}).verdict, Verdict::accepted);
    registered.name = "web02";
    registered.tag = {8};
    node.pass(std::chrono::minutes{1});
    EXPECT_EQ(at_node(of("alice", 1000), {code()}).verdict, Verdict::accepted) << "other hosts go on";
}

TEST_F(HostileHost, RightCodesAreNotCountedAgainstAHost) {
    for (int i = 0; i < 12; ++i) {
        ASSERT_EQ(at_node(of("alice", 1000), {code()}).verdict, Verdict::accepted) << i;
        node.pass(std::chrono::minutes{1});
    }
}

// --- nor to burn the node's processor and disk with ---

class BeyondItsBudget : public HostileHost {
  protected:
    // What one login costs the node, and what it shows.
    struct Cost {
        Transcript seen;
        std::vector<std::string> events;
        [[nodiscard]] std::ptrdiff_t times(const std::string& event) const {
            return std::ranges::count(events, event) + std::ranges::count(seen.steps, event);
        }
    };
    Cost cost_of(const dialogue::Request& request, const std::vector<Typed>& answers) {
        const auto before = static_cast<std::ptrdiff_t>(node.events.size());
        Transcript seen = node.login(request, answers);
        return {std::move(seen), {node.events.begin() + before, node.events.end()}};
    }
    [[nodiscard]] dialogue::Request alice() const { return said(of("alice", 1000)); }
    [[nodiscard]] dialogue::Request nobody(int number) const {
        dialogue::Request request = said(required(), "name" + std::to_string(number));
        request.rhost = "10." + std::to_string(number % 250) + ".0.7";
        return request;
    }
    // By many, from everywhere: one account, or one place, has a share of it.
    void use_the_minute_up() {
        for (int i = 0; i < 60; ++i)
            node.login(nobody(i), {"123456", no_answer});
    }
    // So many logins, each with one answer; how many of them cost `what`.
    std::ptrdiff_t cost_of_many(int logins, const std::string& what, const std::string& answer) {
        std::ptrdiff_t times = 0;
        for (int i = 0; i < logins; ++i)
            times += cost_of(alice(), {answer, no_answer}).times(what);
        return times;
    }
    static constexpr const char* wrong_recovery_code = "0123-4567-89AB-CDEF-GHJK-MNPQ";
};

TEST_F(BeyondItsBudget, ItCausesNeitherScryptNorAWriteAndIsToldToWait) {
    EXPECT_EQ(cost_of(alice(), {wrong_recovery_code, no_answer}).times("scrypt"), 1);
    use_the_minute_up();
    const State before = state();
    for (const std::string& answer :
         {std::string(wrong_recovery_code), recovery_code(0), code(), std::string("123456")}) {
        const Cost cost = cost_of(alice(), {answer, no_answer});
        EXPECT_EQ(cost.times("scrypt"), 0) << answer;
        EXPECT_EQ(cost.times("write"), 0) << answer;
        EXPECT_EQ(cost.times("begin record"), 0) << answer;
        EXPECT_EQ(cost.seen.verdict, Verdict::cancelled) << "nobody was let in";
        EXPECT_THAT(cost.seen.texts, ::testing::Contains(messages::host_has_to_wait()));
    }
    EXPECT_EQ(state(), before);
    node.pass(std::chrono::seconds{61});
    EXPECT_EQ(node.login(alice(), {code()}).verdict, Verdict::accepted);
}

TEST_F(BeyondItsBudget, EverybodySeesTheSameWhateverTheyType) {
    use_the_minute_up();
    const auto seen = [this](const dialogue::Request& request, const char* answer) {
        return cost_of(request, {answer, no_answer});
    };
    const Cost mine = seen(alice(), "123456");
    for (const char* answer :
         {"123456", wrong_recovery_code, "ABCDE-FGHJK", "\b\n\r\177INCORRECT", "hello"}) {
        const Cost other = seen(nobody(1000), answer);
        EXPECT_EQ(other.seen.steps, mine.seen.steps) << answer;
        EXPECT_EQ(seen(alice(), answer).seen.steps, mine.seen.steps) << answer;
    }
    const auto work = [](const Cost& cost) {
        return std::tuple(cost.times("write"), cost.times("scrypt"), cost.times("begin record"));
    };
    EXPECT_EQ(work(seen(nobody(1001), "123456")), work(mine));
}

TEST_F(BeyondItsBudget, PeopleOfOtherHostsAndOfTheNodeGoOn) {
    use_the_minute_up();
    ASSERT_EQ(node.login(alice(), {code(), no_answer}).verdict, Verdict::cancelled);
    EXPECT_EQ(node.login(FleetOfTwo::request(), {code()}).verdict, Verdict::accepted);
    registered.name = "web02";
    registered.tag = {8};
    node.pass(std::chrono::seconds{30});
    EXPECT_EQ(node.login(alice(), {code()}).verdict, Verdict::accepted);
}

// These count on no account.
TEST_F(BeyondItsBudget, WrongRecoveryCodesAreOfTheBudget) {
    EXPECT_EQ(cost_of_many(200, "scrypt", wrong_recovery_code), 10);
    EXPECT_EQ(state().strangers.count, 0U);
}

// Whoever says with an answer that they wait, and hangs up as soon as it costs.
class HangsUpAfterTheHash : public BeyondItsBudget {
  protected:
    // How many of so many logins cost scrypt.
    std::ptrdiff_t hang_up_often(int logins, const std::function<dialogue::Request(int)>& request) {
        std::ptrdiff_t times = 0;
        for (int i = 0; i < logins; ++i)
            times += std::ranges::count(hang_up(request(i)).steps, "scrypt");
        return times;
    }

  private:
    // It is asked for the turn, when scrypt begins, and with the record.
    Transcript hang_up(dialogue::Request request) {
        const auto asked = std::make_shared<int>(0);
        dialogue::Ports ports = node.ports();
        ports.is_awaited = [asked] { return ++*asked <= 2; };
        const auto dialogue = dialogue::make_dialogue(std::move(ports), std::move(request));
        Transcript seen = node.run(*dialogue, {wrong_recovery_code, no_answer});
        EXPECT_NE(seen.verdict, Verdict::accepted);
        return seen;
    }
};

TEST_F(HangsUpAfterTheHash, AndPaysForItAllTheSame) {
    EXPECT_EQ(hang_up_often(61, [this](int i) { return nobody(i); }), 45) << "all of them are strangers";
    const Cost next = cost_of(alice(), {recovery_code(0), no_answer});
    EXPECT_EQ(next.times("scrypt"), 0);
    EXPECT_THAT(next.seen.texts, ::testing::Contains(messages::host_has_to_wait()));
    node.pass(std::chrono::seconds{61});
    EXPECT_EQ(node.login(alice(), {code()}).verdict, Verdict::accepted);
}

TEST_F(HangsUpAfterTheHash, AndTakesNothingOfTheDayOfAnAccount) {
    for (int minute = 0; minute < 20; ++minute) {
        EXPECT_EQ(hang_up_often(20, [this](int) { return alice(); }), 10) << "of one account";
        node.pass(std::chrono::seconds{61});
    }
    EXPECT_EQ(state().strangers.count, 0U);
    EXPECT_EQ(node.login(alice(), {code()}).verdict, Verdict::accepted);
}

TEST_F(BeyondItsBudget, WhatIsHashedTooSlowlyIsOfTheBudget) {
    node.scrypt_ends = dialogue::Resumption::late;  // it may still run
    EXPECT_EQ(cost_of_many(20, "scrypt", wrong_recovery_code), 10);
}

TEST_F(BeyondItsBudget, CodesThatWereUsedAreOfTheBudget) {
    const std::string used = code();
    ASSERT_EQ(node.login(alice(), {used}).verdict, Verdict::accepted);
    EXPECT_EQ(cost_of_many(200, "write", used), 10);
}

TEST_F(BeyondItsBudget, AnswersForAnAccountThatItMayNotFailAtAnyMoreAreOfTheBudget) {
    for (unsigned i = 0; i < 5; ++i)
        node.login(alice(), {node.wrong_code("alice", i), no_answer});
    EXPECT_EQ(cost_of_many(200, "write", "ABCDE-FGHJK"), 5);
}

TEST_F(BeyondItsBudget, AnswersForManyAreNoMoreThanSixty) {
    std::ptrdiff_t times = 0;
    for (int i = 0; i < 200; ++i)
        times += cost_of(nobody(i), {wrong_recovery_code, no_answer}).times("scrypt");
    EXPECT_EQ(times, 45) << "all of them are strangers";
}

// Somebody with an account there, who needs no more than su or a program of their own.
TEST_F(BeyondItsBudget, OnePersonThereKeepsNobodyElseOut) {
    dialogue::Request local = said(required(), "mallory");
    for (const char* rhost : {"", "127.0.1.1", "127.0.2.1", "::1"}) {
        local.rhost = rhost;
        for (int i = 0; i < 50; ++i)
            node.login(local, {"123456", no_answer});
    }
    EXPECT_THAT(cost_of(local, {"123456", no_answer}).seen.texts,
                ::testing::Contains(messages::host_has_to_wait()));
    EXPECT_EQ(node.login(alice(), {code()}).verdict, Verdict::accepted);
}

TEST_F(BeyondItsBudget, WhatTheNodeCannotJudgeIsNotHeldAgainstTheHost) {
    dropped = true;
    for (int i = 0; i < 100; ++i)
        ASSERT_EQ(node.login(alice(), {"123456"}).verdict, Verdict::unavailable) << i;
    dropped = false;
    EXPECT_EQ(node.login(alice(), {code()}).verdict, Verdict::accepted);
}

TEST_F(BeyondItsBudget, CodesThatARuleAcceptsAgainHaveAnEndToo) {
    node.configure("repeat = 60s\n");
    dialogue::Introduction generous = of("alice", 1000);
    generous.policy.repeat = std::chrono::seconds{60};
    const std::string used = code();
    int accepted = 0;
    for (int i = 0; i < 700; ++i)
        accepted += node.login(said(generous), {used, no_answer}).verdict == Verdict::accepted ? 1 : 0;
    EXPECT_EQ(accepted, 61);
}

// The control of the tests above: somebody of this machine is judged as often as they like.
TEST_F(BeyondItsBudget, NobodyOfTheNodeHasOne) {
    std::ptrdiff_t times = 0;
    for (int i = 0; i < 200; ++i)
        times += cost_of(FleetOfTwo::request(), {wrong_recovery_code, no_answer}).times("scrypt");
    EXPECT_EQ(times, 200);
}

TEST_F(HostileHost, CausesThreeMessagesForAnAccountADay) {
    node.enroll_address("alice", 1000, delivery::Channel::mail, "alice@example.com");
    for (int i = 0; i < 5; ++i) {
        at_node(of("alice", 1000), {no_answer});
        node.pass(std::chrono::minutes{61});
    }
    EXPECT_EQ(node.courier.sent(delivery::MessagePurpose::code).size(), 3U);
}

// One that may change second steps, with a recovery code that was typed there.
TEST_F(HostileHost, SendsThreeConfirmationCodesForAnAccountADay) {
    node.configure("methods = totp, mail\nsent_codes_per_account = 10/1d\n");
    dialogue::Introduction there = of("alice", 1000);
    there.policy.methods = {"totp", "mail"};
    at_node(there, {"?", "2", recovery_code(0), "m", "a@example.com", "", "b@example.com", "",
                    "c@example.com", "", "d@example.com", no_answer});
    EXPECT_EQ(node.courier.sent(delivery::MessagePurpose::code).size(), 3U);
}

// --- what it may change ---

TEST_F(HostileHost, HasNothingToDoWithThePortalsOfTheNode) {
    const Transcript seen = node.login(managing(1000, Task::portals), {});
    EXPECT_EQ(seen.verdict, Verdict::not_allowed);
    EXPECT_EQ(node.last_decision().reason, "portals of this machine, from another host");
}

TEST_F(HostileHost, OfClassLoginTurnsNoCodeIntoAnotherSecondStep) {
    registered.changes = HostClass::login;
    const std::vector<AuthenticatorId> before = ids_of(*node.store->record("alice").credential);
    const Transcript menu = at_node(of("alice", 1000), {"?", "1", recovery_code(0), no_answer});
    EXPECT_THAT(menu.texts.at(1), ::testing::Not(HasSubstr("lost or new"))) << "restore is not offered";
    EXPECT_EQ(ids_of(*node.store->record("alice").credential), before);
    EXPECT_EQ(state().restore.code, 0U);
}

TEST_F(HostileHost, OfClassLoginManagesNothing) {
    registered.changes = HostClass::login;
    for (const Task task : {Task::enroll, Task::recovery_codes, Task::disable, Task::devices}) {
        const Transcript seen = node.login(managing(1000, task), {code(), "y", "y"});
        EXPECT_EQ(seen.verdict, Verdict::not_allowed) << static_cast<int>(task);
        EXPECT_EQ(asks_in(seen), 0U);
        ASSERT_FALSE(seen.texts.empty());
        EXPECT_THAT(seen.texts.back(), HasSubstr("web01"));
    }
    EXPECT_TRUE(node.store->record("alice").credential.has_value());
}

TEST_F(HostileHost, OfClassLoginIsTheWrongPlaceToSetUpAgain) {
    registered.changes = HostClass::login;
    state().enrollment_forced = true;
    const Transcript seen = at_node(of("alice", 1000), {code()});
    EXPECT_EQ(seen.verdict, Verdict::refused);
    EXPECT_THAT(seen.texts.back(), HasSubstr("Log in to"));
    EXPECT_TRUE(state().enrollment_forced);
}

TEST_F(HostileHost, OfClassLoginOffersNoNewRecoveryCodes) {
    registered.changes = HostClass::login;
    state().recovery.not_saved = true;
    const Transcript seen = at_node(of("alice", 1000), {code()});
    EXPECT_EQ(seen.verdict, Verdict::accepted);
    EXPECT_EQ(asks_in(seen), 1U);
}

TEST_F(HostileHost, ARecoveryCodeLogsInOnceEverywhere) {
    registered.changes = HostClass::login;
    ASSERT_EQ(at_node(of("alice", 1000), {recovery_code(0)}).verdict, Verdict::accepted);
    registered.name = "web02";
    registered.tag = {8};
    node.pass(std::chrono::seconds{2});
    EXPECT_EQ(at_node(of("alice", 1000), {recovery_code(0), no_answer}).verdict, Verdict::cancelled);
}

// --- an administrator says something of the host while somebody stands at a prompt there ---

class StandingConversation : public HostileHost {
  protected:
    [[nodiscard]] dialogue::Request alice() const { return said(of("alice", 1000)); }
    [[nodiscard]] std::vector<AuthenticatorId> devices() const {
        const auto& credential = node.store->record("alice").credential;
        return credential ? ids_of(*credential) : std::vector<AuthenticatorId>{};
    }
};

TEST_F(StandingConversation, OfAHostThatWasDroppedIsNotJudged) {
    for (const std::string& right : {code(), recovery_code(0)}) {
        dropped = false;
        OpenDialogue open(node, alice());
        dropped = true;
        const State before = state();
        open.type({right});
        EXPECT_EQ(open.verdict(), Verdict::unavailable);
        EXPECT_EQ(state(), before);
        EXPECT_EQ(node.last_decision().reason, "web01 is no host of the fleet any more");
    }
    EXPECT_EQ(node.login(FleetOfTwo::request(), {code()}).verdict, Verdict::accepted) << "it was not used up";
}

TEST_F(StandingConversation, IsNotJudgedWhileNobodyCanReadTheRegistry) {
    OpenDialogue open(node, alice());
    registry_error = Error{Errc::io, "the disk is gone"};
    const State before = state();
    open.type({code()});
    EXPECT_EQ(open.verdict(), Verdict::unavailable);
    EXPECT_EQ(state(), before);
}

// Its host has told the person by then that nothing is known.
TEST_F(StandingConversation, WhatIsJudgedTooLateForTheHostIsNotUsedUp) {
    dialogue::Request late = alice();
    auto guest = *late.guest;
    guest.present = [this]() -> Result<std::optional<fleet::Host>> {
        node.pass(std::chrono::milliseconds{8'250});
        return registered;
    };
    late.guest = std::make_shared<const dialogue::Guest>(std::move(guest));
    const std::string typed = code();
    const State before = state();
    EXPECT_EQ(node.login(late, {typed}).verdict, Verdict::unavailable);
    EXPECT_EQ(state(), before);
    EXPECT_EQ(node.login(alice(), {typed}).verdict, Verdict::accepted);
}

TEST_F(StandingConversation, OfAHostThatStandsGoesOn) {
    OpenDialogue open(node, alice());
    open.type({code()});
    EXPECT_EQ(open.verdict(), Verdict::accepted);
}

TEST_F(StandingConversation, ChangesNothingAnyMoreWhereTheClassIsLoginNow) {
    registered.changes = HostClass::changes;
    const auto set = [this] { return node.store->record("alice").credential->recovery->id; };
    const RecoverySetId before = set();
    OpenDialogue open(node, managing(1000, Task::recovery_codes));
    registered.changes = HostClass::login;
    open.type({code()});
    EXPECT_EQ(open.verdict(), Verdict::not_allowed);
    EXPECT_EQ(set(), before);
}

// What was proved before does not help.
TEST_F(StandingConversation, WritesNoOtherSecondStepWhereTheClassIsLoginNow) {
    registered.changes = HostClass::changes;
    const std::vector<AuthenticatorId> before = devices();
    OpenDialogue open(node, managing(1000, Task::enroll));
    open.type({code(), "t"});
    open.type_up_to_the_commit(Typed::code_of_the_shown_key());
    registered.changes = HostClass::login;
    open.go_on();
    EXPECT_EQ(open.verdict(), Verdict::unavailable);
    EXPECT_EQ(open.texts().back(), messages::no_longer_on(node.ports().host, "web01"))
        << "who sits there knows why";
    EXPECT_EQ(devices(), before);
}

TEST_F(StandingConversation, WritesTheOtherSecondStepWhereTheClassIsStillChanges) {
    registered.changes = HostClass::changes;
    const std::vector<AuthenticatorId> before = devices();
    OpenDialogue open(node, managing(1000, Task::enroll));
    open.type({code(), "t"});
    open.type_up_to_the_commit(Typed::code_of_the_shown_key());
    open.go_on();
    EXPECT_NE(devices(), before);
}

TEST_F(StandingConversation, IsOfTheClassThatTheHostHasWhenTheCodeIsJudged) {
    state().enrollment_forced = true;
    registered.changes = HostClass::changes;
    OpenDialogue narrowed(node, alice());
    registered.changes = HostClass::login;
    narrowed.type({code()});
    EXPECT_EQ(narrowed.verdict(), Verdict::refused);
    EXPECT_THAT(narrowed.texts().back(), HasSubstr("Log in to"));
    node.pass(std::chrono::minutes{1});
    OpenDialogue widened(node, alice());
    registered.changes = HostClass::changes;
    widened.type({code()});
    EXPECT_EQ(widened.verdict(), std::nullopt) << "it goes on to set up again";
}

// In the account phase, after a password, with the rule `enroll`.
class GuestsFirstLogin : public HostileHost {
  protected:
    Transcript enroll(HostClass place, const std::string& rule, const std::vector<Typed>& answers) {
        registered.changes = place;
        host.configure("action = enroll\n" + rule);
        host.add_person("bob", 1001);
        dialogue::Request asked = FleetOfTwo::request("bob");
        asked.enroll_in_account = true;
        EXPECT_EQ(log_in(asked, {}).verdict, Verdict::not_needed);
        asked.purpose = Purpose::account;
        asked.proof = proof;
        return log_in(asked, answers);
    }
};

TEST_F(GuestsFirstLogin, IsNotPossibleOnAHostOfClassLogin) {
    const Transcript seen = enroll(HostClass::login, "", {});
    EXPECT_EQ(seen.verdict, Verdict::refused);
    EXPECT_THAT(seen.texts.front(), HasSubstr("Log in to"));
}

class GuestsRegistrationCode : public GuestsFirstLogin {
  protected:
    // That an administrator has given to bob, at the node.
    std::string invite() {
        const Secret code = otp::make_one_time_code(node.randomness);
        node.store->record("bob").state.registration =
            make_grant(*node.keyring, RecordName::of(*AccountName::create("bob")), GrantKind::registration,
                       *otp::normalize_one_time_code(code.text()),
                       node.clock.now() + std::chrono::hours{2000})
                .value();
        return std::string(code.text());
    }
    // Another one for each number.
    static std::string wrong(unsigned number) {
        constexpr std::string_view symbols = "ABCDEFGHJKMNPQRS";
        return std::string("ABCDE-FGH") + symbols.at(number / 16 % 16) + symbols.at(number % 16);
    }
    Transcript enroll_with(const std::string& code) {
        return enroll(HostClass::enroll, "", {"t", code, no_answer});
    }
    [[nodiscard]] const State& of_bob() const { return node.store->record("bob").state; }
    void use_the_budget_up() {
        for (unsigned i = 0; i < 20; ++i) {
            enroll_with(wrong(i));
            node.pass(std::chrono::minutes{61});
        }
    }
};

TEST_F(GuestsRegistrationCode, IsJudgedFiveTimesADayAndThenNotCounted) {
    const std::string code = invite();
    use_the_budget_up();
    EXPECT_EQ(of_bob().strangers.count, 5U);
    const std::size_t decided = node.journal.decisions.size();
    const Transcript seen = enroll_with(code);
    EXPECT_THAT(seen.texts, ::testing::Contains(messages::registration_refused(node.config->contact)))
        << "the right one neither, in the words of every wrong one";
    EXPECT_GT(node.journal.decisions.size(), decided);
    EXPECT_TRUE(of_bob().registration.given);
    registered.name = "web02";
    registered.tag = {8};
    EXPECT_THAT(enroll_with(code).texts,
                ::testing::Not(::testing::Contains(messages::registration_refused(node.config->contact))))
        << "on another host it goes on";
}

TEST_F(GuestsRegistrationCode, IsNotJudgedForAHostThatWasDropped) {
    const std::string code = invite();
    dropped = true;
    const State before = of_bob();
    const Transcript seen = enroll_with(code);
    EXPECT_EQ(seen.verdict, Verdict::unavailable);
    EXPECT_EQ(of_bob(), before);
}

TEST_F(GuestsRegistrationCode, CostsTheSameWhetherItIsJudgedOrNot) {
    const auto writes = [this] {
        const std::size_t before = node.events.size();
        enroll_with(wrong(99));
        return std::vector<std::string>(node.events.begin() + static_cast<std::ptrdiff_t>(before),
                                        node.events.end());
    };
    static_cast<void>(invite());
    const std::vector<std::string> judged = writes();
    use_the_budget_up();
    EXPECT_EQ(writes(), judged);
}

TEST_F(GuestsRegistrationCode, IsNotEvenLookedAtBeyondTheBudgetOfAMinute) {
    const std::string code = invite();
    for (int i = 0; i < 60; ++i) {
        registered.changes = HostClass::enroll;
        node.login(said(required(), "name" + std::to_string(i)), {"123456", no_answer});
    }
    const auto writes = [this] { return std::ranges::count(node.events, "write"); };
    const auto before = writes();
    const Transcript seen = enroll_with(code);
    EXPECT_EQ(writes(), before);
    EXPECT_THAT(seen.texts, ::testing::Contains(messages::host_has_to_wait()));
    EXPECT_TRUE(std::ranges::any_of(node.journal.decisions, [](const dialogue::Decision& decision) {
        return decision.reason.starts_with("not judged");
    }));
    node.pass(std::chrono::seconds{61});
    EXPECT_THAT(enroll_with(code).texts, ::testing::Not(::testing::Contains(messages::host_has_to_wait())));
}

TEST_F(GuestsRegistrationCode, RightOnesAreNotCountedAgainstAHost) {
    const std::string code = invite();
    for (int i = 0; i < 12; ++i) {
        EXPECT_THAT(enroll_with(code).texts,
                    ::testing::Not(::testing::Contains(messages::registration_refused(node.config->contact))))
            << i;
        node.pass(std::chrono::minutes{1});
    }
}

TEST_F(GuestsFirstLogin, AsksForARegistrationCodeOnAHostOfClassEnrollWhateverTheHostSays) {
    node.configure("enrollment = open\n");
    const Transcript seen = enroll(HostClass::enroll, "enrollment = open\n", {"t", "ABCDE-FGHJK", no_answer});
    EXPECT_THAT(seen.texts, ::testing::Contains(std::string(messages::registration_prompt)));
    EXPECT_FALSE(node.store->record("bob").credential.has_value());
}

// --- uids ---

TEST_F(HostileHost, AnotherUidIsAnotherPersonWhereUidsAreTheSame) {
    EXPECT_EQ(at_node(of("alice", 2000), {code()}).verdict, Verdict::unavailable);
}

TEST_F(HostileHost, TheNameIsThePersonWhereUidsDiffer) {
    registered.own_uids = true;
    EXPECT_EQ(at_node(of("alice", 2000), {code()}).verdict, Verdict::accepted);
    EXPECT_EQ(node.login(managing(2000, Task::status), {}).verdict, Verdict::not_allowed)
        << "another alice, perhaps";
}

// The node's own people are those of one machine more. alice enrolled on a host, so her record has no uid.
TEST_F(HostileHost, TheNameIsThePersonOnTheNodeItselfWhereUidsDiffer) {
    node.store->record("alice").credential->uid.reset();
    EXPECT_EQ(node.login(node.request("alice"), {code()}).verdict, Verdict::unavailable)
        << "where uids are the same, that is another person";
    node.own_uids = true;
    EXPECT_EQ(node.login(node.request("alice"), {code()}).verdict, Verdict::accepted);
}

TEST_F(HostileHost, NobodyManagesBySayingTheirUidOnTheNodeItselfWhereUidsDiffer) {
    dialogue::Request own = node.request("alice");
    own.purpose = Purpose::manage;
    own.task = Task::status;
    own.caller = dialogue::Caller::own_uid;
    own.uid = 1000;
    own.rhost = "";
    EXPECT_EQ(node.login(own, {}).verdict, Verdict::accepted);
    node.own_uids = true;
    EXPECT_EQ(node.login(own, {}).verdict, Verdict::not_allowed) << "another alice, perhaps";
}

TEST_F(GuestsFirstLogin, OnTheNodeItselfGivesNoUidWhereUidsDiffer) {
    node.own_uids = true;
    node.add_person("bob", 1001);
    node.configure("action = enroll\nenrollment = open\n");
    dialogue::Request request = node.request("bob");
    request.enroll_in_account = request.first_factor_passed = true;
    request.proof = node.login(request, {}).proof;
    request.purpose = Purpose::account;
    const auto seen = node.login(request, {"t", Typed::code_of_the_shown_key(), "saved"});
    ASSERT_TRUE(node.store->record("bob").credential) << ::testing::PrintToString(seen.texts);
    EXPECT_EQ(node.store->record("bob").credential->uid, std::nullopt);
}

}  // namespace
}  // namespace secondstep::testing
