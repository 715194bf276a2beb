#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialogue/make_dialogue.h"
#include "unit/dialogue/login_world.h"

namespace secondstep {
namespace {

using dialogue::Caller;
using dialogue::Request;
using dialogue::Resumption;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::LoginWorld;
using testing::no_answer;
using ::testing::SizeIs;
using testing::Transcript;

constexpr const char* loosens_without_a_group =
    "action = exempt\n[rule a]\ngroups = remote2fa\naction = require\n";
constexpr const char* loosens_for_non_members =
    "action = require\n[rule a]\ngroups = !remote2fa\naction = exempt\n";

// What is not known is not "no": of a directory that is away, of a remote host that is not an address.
class Doubt : public ::testing::Test {
  protected:
    Doubt() {
        world_.add_enrolled("root", 0);
        world_.add_enrolled("alice", 1000);
        world_.add_person("bob", 1001);
        for (auto& [name, found] : world_.people.persons)
            found.membership = {{}, {}, "ldap: Connection refused"};
        world_.people.of_nobody = {{}, {}, "ldap: Connection refused"};
    }

    [[nodiscard]] Request at_the_console(const std::string& user) const {
        Request request = world_.request(user);
        request.service = "login";
        request.rhost.clear();
        request.tty = "tty1";
        return request;
    }
    [[nodiscard]] Request in_the_account_phase(const std::string& user) const {
        Request request = world_.request(user);
        request.purpose = Purpose::account;
        return request;
    }
    [[nodiscard]] Request from(const std::string& rhost, const std::string& user) const {
        Request request = world_.request(user);
        request.rhost = rhost;
        return request;
    }
    LoginWorld world_;
};

TEST_F(Doubt, WithEveryDirectoryDeadAnEnrolledRootGetsInAtTheConsoleWithACode) {
    for (const char* rules :
         {loosens_without_a_group, loosens_for_non_members, "[rule a]\ngroups = x\naction = enroll\n"}) {
        world_.configure(rules);
        world_.clock.advance(std::chrono::minutes{2});
        EXPECT_EQ(
            world_.login(at_the_console("root"), {world_.wrong_code("root"), world_.code("root")}).verdict,
            Verdict::accepted)
            << rules;
    }
}

TEST_F(Doubt, WhoIsEnrolledIsAskedAndNotExempt) {
    for (const char* rules : {loosens_without_a_group, loosens_for_non_members}) {
        world_.configure(rules);
        EXPECT_EQ(world_.login("alice", {no_answer}).verdict, Verdict::cancelled) << rules;
    }
}

TEST_F(Doubt, WhoIsNotEnrolledIsUnavailableWhereOnePossibleOutcomeLetsThemIn) {
    for (const char* rules : {loosens_without_a_group, loosens_for_non_members}) {
        world_.configure(rules);
        for (const char* name : {"bob", "nobody-here"}) {
            EXPECT_EQ(world_.login(name, {}).verdict, Verdict::unavailable) << rules << name;
            EXPECT_EQ(world_.last_decision().reason,
                      "rule a needs groups, which could not be looked up (ldap: Connection refused)");
        }
    }
}

TEST_F(Doubt, WhereAllPossibleOutcomesAgreeThatIsIt) {
    world_.configure("action = require\n[rule a]\ngroups = remote2fa\naction = require\n");
    const std::string wrong = world_.wrong_code("alice");
    EXPECT_EQ(world_.login("bob", {wrong, wrong, wrong}).verdict, Verdict::refused);
    world_.configure("action = allow\n[rule a]\ngroups = remote2fa\naction = exempt\n");
    EXPECT_EQ(world_.login("bob", {}).verdict, Verdict::not_needed);
    EXPECT_EQ(world_.login("alice", {no_answer}).verdict, Verdict::cancelled);
    world_.configure("action = exempt\n[rule a]\ngroups = remote2fa\naction = exempt\n");
    EXPECT_EQ(world_.login("alice", {}).verdict, Verdict::not_needed);
    EXPECT_EQ(world_.last_decision().reason, "exempt by every rule that may apply");
}

TEST_F(Doubt, NothingIsRememberedInDoubt) {
    world_.configure("action = require\nremember = 8h\n");
    Request request = world_.request("alice");
    request.first_factor_passed = true;
    ASSERT_EQ(world_.login(request, {world_.code("alice")}).verdict, Verdict::accepted);
    ASSERT_EQ(world_.login(request, {}).verdict, Verdict::accepted);
    world_.configure(
        "action = require\nremember = 8h\n[rule a]\ngroups = remote2fa\naction = require\nremember = 4h\n");
    EXPECT_EQ(world_.login(request, {no_answer}).verdict, Verdict::cancelled);
}

TEST_F(Doubt, ADirectoryThatSaysNothingKeepsItsGroupsAndNotThePerson) {
    world_.configure(loosens_without_a_group);
    world_.lookup_ends = Resumption::late;
    EXPECT_EQ(world_.login(at_the_console("root"), {}).verdict, Verdict::unavailable);
    world_.lookup_is_half_done = true;
    EXPECT_EQ(world_.login(at_the_console("root"), {world_.code("root")}).verdict, Verdict::accepted);
    EXPECT_EQ(world_.login("bob", {}).verdict, Verdict::unavailable);
    EXPECT_THAT(world_.last_decision().reason, HasSubstr("the name service took too long"));
    // Nobody told who that is.
    EXPECT_EQ(world_.login("nobody-here", {}).verdict, Verdict::unavailable);
    EXPECT_EQ(world_.last_decision().reason, "the name service took too long");
}

TEST_F(Doubt, ThatAllWhoCouldAskWaitForADirectoryShutsOutNobodyOfThisMachine) {
    world_.configure(loosens_without_a_group);
    world_.people.here = "root";
    for (const Resumption nobody_asked : {Resumption::late, Resumption::overloaded}) {
        world_.lookup_ends = nobody_asked;
        world_.clock.advance(std::chrono::minutes{2});
        EXPECT_EQ(world_.login(at_the_console("root"), {world_.code("root")}).verdict, Verdict::accepted);
        EXPECT_EQ(world_.login("alice", {}).verdict, Verdict::unavailable);
    }
}

TEST_F(Doubt, WhoCannotBeLookedUpStaysUnavailable) {
    world_.configure(loosens_without_a_group);
    world_.people.error = Error{Errc::io, "ldap: Connection refused"};
    EXPECT_EQ(world_.login("root", {}).verdict, Verdict::unavailable);
}

// UseDNS yes: whoever owns a reverse zone chooses the name.
TEST_F(Doubt, AHostNameSwitchesNoRuleAboutNetworksOff) {
    world_.configure("action = allow\n[rule outside]\nnetworks = 0.0.0.0/0, ::/0\naction = require\n");
    const std::string wrong = world_.wrong_code("alice");
    EXPECT_EQ(world_.login(from("192.0.2.7", "bob"), {wrong, wrong, wrong}).verdict, Verdict::refused);
    for (const char* name : {"localhost", "UNKNOWN", "mail.example.org"}) {
        EXPECT_EQ(world_.login(from(name, "bob"), {}).verdict, Verdict::unavailable) << name;
        EXPECT_EQ(world_.last_decision().reason,
                  "rule outside is about networks, and the remote host is no address");
        EXPECT_EQ(world_.login(from(name, "alice"), {no_answer}).verdict, Verdict::cancelled) << name;
    }
    EXPECT_THAT(world_.journal.warnings, Contains(HasSubstr("(rhost=UNKNOWN)")));
}

TEST_F(Doubt, AHostNameIsNeverLocal) {
    world_.configure("action = require\n[rule console]\nnetworks = local\naction = exempt\n");
    Request request = at_the_console("alice");
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::not_needed);
    request.rhost = "localhost";
    EXPECT_EQ(world_.login(request, {no_answer}).verdict, Verdict::cancelled);
    EXPECT_THAT(world_.journal.warnings, SizeIs(0));
}

TEST_F(Doubt, TheAccountPhaseIsUnavailableOnlyWhereEnrollmentMayBeDue) {
    world_.configure(loosens_without_a_group);
    EXPECT_EQ(world_.login(in_the_account_phase("bob"), {}).verdict, Verdict::not_needed);
    world_.configure("[rule a]\ngroups = remote2fa\naction = enroll\n");
    EXPECT_EQ(world_.login(in_the_account_phase("bob"), {}).verdict, Verdict::unavailable);
    EXPECT_EQ(world_.login(in_the_account_phase("alice"), {}).verdict, Verdict::not_needed);
}

TEST_F(Doubt, WhoMayNotSwitchOffTheirSecondStepUnderAPossibleRuleMayNot) {
    world_.configure(loosens_without_a_group);
    Request request = world_.request("alice");
    request.purpose = Purpose::manage;
    request.task = Task::disable;
    request.caller = Caller::own_uid;
    request.uid = 1000;
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::not_allowed);
    request.task = Task::status;
    EXPECT_EQ(world_.login(request, {}).verdict, Verdict::accepted);
}

}  // namespace
}  // namespace secondstep
