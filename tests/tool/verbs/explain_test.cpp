#include <gmock/gmock.h>
#include <grp.h>
#include <unistd.h>

#include "tool_world.h"

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace secondstep::testing {

namespace {

constexpr const char* host_of_a_fleet = "fleet = host\nfleet_nodes = auth1=192.0.2.11:7464\n";

class Explain : public ToolWorld {
  protected:
    Explain() { set_up(); }

    nlohmann::json explained(const std::string& rules, std::vector<std::string> more = {}) {
        write_config(rules);
        std::vector<std::string> arguments{"explain", me(), "--service", "sshd"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return json(arguments);
    }

    static std::string my_group() {
        const group* found = ::getgrgid(::getegid());
        return found == nullptr ? "" : found->gr_name;
    }
};

TEST_F(Explain, NamesTheRuleThatDecidesAndWhyTheOthersDidNot) {
    const auto answer = explained(
        "[rule others]\nusers = nobody.at.all\naction = exempt\n"
        "[rule tools]\nservices = sudo, su\naction = exempt\n"
        "[rule office]\nnetworks = 198.51.100.0/24\naction = exempt\n"
        "[rule outside]\ngroups = !" +
            my_group() +
            "\naction = exempt\n"
            "[rule rest]\naction = require\n"
            "[rule never]\naction = exempt\n",
        {"--from", "192.0.2.7"});
    EXPECT_EQ(answer["rule"], "rest");
    ASSERT_EQ(answer["considered"].size(), 5U);
    EXPECT_EQ(answer["considered"][0]["why"], "no: users = nobody.at.all");
    EXPECT_EQ(answer["considered"][1]["why"], "no: services = sudo, su");
    EXPECT_EQ(answer["considered"][2]["why"], "no: 192.0.2.7 is in none of its networks");
    EXPECT_THAT(answer["considered"][3]["why"], StartsWith("no: " + me() + " is in a group it leaves out"));
    EXPECT_EQ(answer["considered"][4]["why"], "decides");
    EXPECT_EQ(answer["considered"][4]["matches"], true);
    EXPECT_EQ(answer["considered"][0]["matches"], false);
}

TEST_F(Explain, SaysWhatEachActionMeansForWhoIsNotEnrolled) {
    EXPECT_EQ(explained("")["outcome"], "let_in");
    EXPECT_TRUE(explained("")["rule"].is_null());
    EXPECT_EQ(explained("action = require\n")["outcome"], "refused");
    EXPECT_EQ(explained("action = exempt\n")["outcome"], "let_in");
    EXPECT_EQ(explained("action = enroll\n")["outcome"], "enrolls");
}

TEST_F(Explain, SaysWhatEachActionMeansForWhoIsEnrolled) {
    enroll(me());
    EXPECT_EQ(explained("")["outcome"], "asked");
    EXPECT_EQ(explained("")["enrolled"], true);
    EXPECT_EQ(explained("action = require\n")["outcome"], "asked");
    EXPECT_EQ(explained("action = enroll\n")["outcome"], "asked");
    EXPECT_EQ(explained("action = exempt\n")["outcome"], "let_in");
}

TEST_F(Explain, TellsWhereCodesAreSent) {
    enroll(me(), {"--method", "mail", "--address", "maria@example.com"});
    const Finished done = tool({"explain", me(), "--service", "sshd"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out,
                HasSubstr("Is asked for a code that is sent to m…@example.com (mail), where the module "
                          "has first_factor=passed, or a recovery code (4 left)."));
    EXPECT_THAT(done.out, Not(HasSubstr("maria")));
}

TEST_F(Explain, TellsOfDeadlinesAndRegistrationCodes) {
    const std::string rule = "[rule a]\naction = enroll\n";
    const auto now = explained(rule)["meets"];
    EXPECT_THAT(now, Contains("May not put it off."));
    EXPECT_THAT(now, Contains("Needs a registration code: secondstep invite " + me() + " prints one."));
    const auto later = explained(rule + "enroll_until = 2999-12-31\nenrollment = open\n")["meets"];
    EXPECT_THAT(later.dump(), HasSubstr("May put it off until 2999-12-31 23:59 ("));
    EXPECT_THAT(later, Contains("Needs no registration code."));
    EXPECT_THAT(explained(rule + "enroll_until = 2020-02-29\n")["meets"].dump(),
                HasSubstr("May not put it off any more: the deadline was 2020-02-29 23:59."));
}

TEST_F(Explain, TellsWhatARuleGrants) {
    enroll(me());
    const auto granted =
        explained("[rule a]\naction = require\nremember = 8h\nrepeat = 90s\nallow_self_disable = yes\n");
    const std::string meets = granted["meets"].dump();
    EXPECT_THAT(meets, HasSubstr("not asked again from the same address for 8h"));
    EXPECT_THAT(meets, HasSubstr("accepted again from the same address for 90s"));
    EXPECT_THAT(meets, HasSubstr("May switch off"));
    EXPECT_EQ(granted["terms"]["remember"], 28800);
    const std::string without = explained("[rule a]\naction = require\n")["meets"].dump();
    EXPECT_THAT(without, Not(HasSubstr("not asked again")));
    EXPECT_THAT(without, HasSubstr("May not switch off"));
}

TEST_F(Explain, TellsOfFailuresThatStandInTheWay) {
    enroll(me());
    change_state(me(), [this](State& state) {
        state.strangers = {
            .count = 7, .last = clock_.now(), .wait_until = clock_.now() + std::chrono::minutes(2)};
    });
    EXPECT_THAT(explained("")["meets"].dump(), HasSubstr("after 7 failures: secondstep unlock " + me()));
}

TEST_F(Explain, WithoutAnAddressMeansATerminalOfThisMachine) {
    const std::string rules = "[rule here]\nnetworks = local\naction = exempt\n";
    EXPECT_EQ(explained(rules)["rule"], "here");
    EXPECT_EQ(explained(rules, {"--from", "local"})["rule"], "here");
    EXPECT_TRUE(explained(rules, {"--from", "2001:db8::1"})["rule"].is_null());
}

TEST_F(Explain, AGroupThatCannotBeFoundIsUnavailableForWhoIsNotEnrolled) {
    const std::string rules =
        "[rule a]\ngroups = no.such.group\naction = exempt\n[rule b]\naction = require\n";
    write_config(rules);
    const Finished done = tool({"explain", me(), "--service", "sshd"});
    EXPECT_EQ(done.status, 4) << done.err;
    EXPECT_THAT(done.out, HasSubstr("rule a cannot be told: rule a names the group no.such.group"));
    EXPECT_THAT(done.out, HasSubstr("rule b decides"));
    EXPECT_THAT(done.out, HasSubstr("Is refused as unavailable, not being enrolled"));
    enroll(me());
    const auto enrolled = explained(rules);
    EXPECT_EQ(enrolled["outcome"], "asked");
    EXPECT_EQ(enrolled["certain"], false);
    EXPECT_TRUE(enrolled["rule"].is_null());
    EXPECT_EQ(enrolled["terms"]["action"], "require");
}

TEST_F(Explain, OfAHostNameItCannotBeToldInWhichNetworkItIs) {
    const std::string rules = "[rule outside]\nnetworks = 0.0.0.0/0, ::/0\naction = require\n";
    write_config(rules);
    const Finished done = tool({"explain", me(), "--service", "sshd", "--from", "web01.example.org"});
    EXPECT_EQ(done.status, 4) << done.err;
    EXPECT_THAT(done.out, HasSubstr("from web01.example.org (no address)"));
    EXPECT_THAT(done.out, HasSubstr("rule outside cannot be told"));
    EXPECT_EQ(explained(rules, {"--from", "fe80::1%eth0"})["rule"], "outside");
}

TEST_F(Explain, WhatIsStoredAndLostIsUnavailable) {
    enroll(me());
    ASSERT_EQ(::unlink(file("store/users/" + me() + ".credential").c_str()), 0);
    const Finished done = tool({"explain", me(), "--service", "sshd"});
    EXPECT_EQ(done.status, 4) << done.err;
    EXPECT_THAT(done.out, HasSubstr("Is refused: what is stored cannot be used"));
}

TEST_F(Explain, KnowsNobodyButAPortalsUsers) {
    EXPECT_EQ(tool({"explain", "nobody.by.this.name", "--service", "nginx"}).status, 3);
    write_config("portal_services = nginx\n");
    EXPECT_EQ(tool({"explain", "nobody.by.this.name", "--service", "nginx"}).status, 0);
    EXPECT_EQ(tool({"explain", "nobody.by.this.name", "--service", "sshd"}).status, 3);
}

TEST_F(Explain, NeedsAServiceAndAnAddressThatIsOne) {
    EXPECT_EQ(tool({"explain", me()}).status, 2);
    EXPECT_EQ(tool({"explain", me(), "--service", "sshd", "--from", "192.0.2.0/24"}).status, 2);
}

TEST_F(Explain, IsReadByPeople) {
    write_config("[rule staff]\naction = enroll\nenroll_until = 2999-12-31\n");
    const Finished done = tool({"explain", me(), "--service", "sshd", "--from", "192.0.2.7"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, StartsWith(me() + ", service sshd, from 192.0.2.7\n  rule staff decides\n"
                                            "  action = enroll, enroll_until = 2999-12-31"));
}

TEST_F(Explain, OnAHostSaysWhatItsRulesSayAndWhatANodeIsAsked) {
    const auto asked = explained(std::string(host_of_a_fleet) + "[rule staff]\naction = require\n");
    EXPECT_EQ(asked["outcome"], "node_decides");
    EXPECT_EQ(asked["rule"], "staff");
    EXPECT_TRUE(asked["enrolled"].is_null()) << "it does not know";
    EXPECT_THAT(asked["meets"], Contains(StartsWith("This host asks a node (auth1)")));
    EXPECT_THAT(asked["meets"], Contains("Is refused, if a node says: not enrolled."));
    EXPECT_THAT(asked["meets"], Contains("How the account stands: secondstep status " + me() + " on auth1."));
    const auto exempt =
        explained(std::string(host_of_a_fleet) + "[rule console]\nnetworks = local\naction = exempt\n");
    EXPECT_EQ(exempt["outcome"], "let_in");
    EXPECT_THAT(exempt["meets"], Contains(StartsWith("Is let in without a code by this host alone")));
}

TEST_F(Explain, OnAHostSaysWhatBecomesOfThemWhileNoNodeAnswers) {
    const std::string without =
        std::string(host_of_a_fleet) + "break_glass_users = nobody\naction = require\n";
    EXPECT_THAT(explained(without)["meets"], Contains(StartsWith("While no node answers: is refused")));
    const std::string with =
        std::string(host_of_a_fleet) + "break_glass_users = " + me() + "\naction = require\n";
    EXPECT_THAT(explained(with)["meets"],
                Contains(HasSubstr("is asked for a break-glass code of this host")));
}

// A host's own store may hold what was there before it joined: it says nothing of the fleet.
TEST_F(Explain, OnAHostDoesNotLookIntoItsOwnStore) {
    enroll(me());
    EXPECT_TRUE(explained(host_of_a_fleet)["enrolled"].is_null());
}

}  // namespace

}  // namespace secondstep::testing
