#include "stacks/judgement/rule_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/config.h"

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace secondstep::tool {

namespace {

// `staff` is in /etc/group, `remote2fa` in a directory, and there is no other.
std::vector<std::string> said(const std::string& text) {
    const auto config = parse_config(text, "c");
    EXPECT_TRUE(config) << config.error().detail;
    const GroupsHere groups{
        [](const std::string& group) { return group == "staff"; },
        [](const std::string& group) { return group == "staff" || group == "remote2fa"; }};
    std::vector<std::string> out;
    for (const Remark& remark : rule_findings(config->rules, "c", groups)) {
        EXPECT_EQ(remark.level, Remark::Level::warning);
        out.push_back(remark.text + (remark.mend.empty() ? "" : " => " + remark.mend));
    }
    return out;
}

TEST(RuleFindings, ARuleThatLoosensForWhoIsNotInAGroupOfADirectory) {
    const auto turned_round = HasSubstr(
        " => action = require, and [rule a] with action = exempt and groups = a group "
        "of those who need no code");
    const auto names_the_group = HasSubstr("who is not in remote2fa, a group of a directory");
    for (const char* text : {"action = require\n[rule a]\ngroups = !remote2fa\naction = exempt\n",
                             "action = require\n[rule a]\ngroups = !remote2fa\naction = allow\n",
                             "action = exempt\n[rule a]\ngroups = remote2fa\naction = require\n",
                             "action = allow\n[rule a]\ngroups = remote2fa\naction = require\n",
                             "action = require\n[rule a]\ngroups = remote2fa\naction = require\n"
                             "[rule b]\nservices = sudo\naction = exempt\n"}) {
        EXPECT_THAT(said(text), ElementsAre(::testing::AllOf(names_the_group, turned_round))) << text;
    }
}

TEST(RuleFindings, TurnedRoundThereIsNothingToSay) {
    EXPECT_THAT(said("action = require\n[rule a]\ngroups = remote2fa\naction = exempt\n"), IsEmpty());
    EXPECT_THAT(said("action = exempt\n[rule a]\ngroups = !remote2fa\naction = require\n"), IsEmpty());
}

TEST(RuleFindings, GroupsOfThisMachineCannotBeAway) {
    EXPECT_THAT(said("action = exempt\n[rule a]\ngroups = staff\naction = require\n"), IsEmpty());
    EXPECT_THAT(said("action = require\n[rule a]\ngroups = !staff\naction = exempt\n"), IsEmpty());
}

TEST(RuleFindings, AGroupThatCannotBeFound) {
    EXPECT_THAT(said("[rule a]\ngroups = staf\naction = require\n"),
                ElementsAre(HasSubstr("rule \"a\" names the group staf, which cannot be found")));
}

TEST(RuleFindings, ThisMachinesOwnGroupsAreLocal) {
    const auto config = parse_config("[rule a]\ngroups = root, no.such.group\naction = require\n", "c");
    ASSERT_TRUE(config);
    const GroupsHere groups = groups_here(config->rules);
    EXPECT_TRUE(groups.is_local("root"));
    EXPECT_TRUE(groups.is_found("root"));
    EXPECT_FALSE(groups.is_local("no.such.group"));
    EXPECT_FALSE(groups.is_found("no.such.group"));
}

}  // namespace

}  // namespace secondstep::tool
