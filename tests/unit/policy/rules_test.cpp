#include "policy/rules.h"

#include <gtest/gtest.h>

#include <optional>

#include "policy/config.h"

namespace secondstep {
namespace {

// Who asks, in a form that owns its texts.
struct Asker {
    std::string user = "alice";
    std::string service = "sshd";
    std::string rhost = "192.0.2.7";
    std::string tty = "ssh";
    std::optional<std::vector<std::string>> groups = std::vector<std::string>{};
    std::vector<std::string> known_groups = {"staff", "guests", "admins"};
};

Rules rules_of(const std::string& text) {
    Result<Config> config = parse_config(text, "c");
    EXPECT_TRUE(config) << config.error().detail;
    return config ? config->rules : Rules{};
}

Result<Policy> decide(const std::string& text, const Asker& asker) {
    Circumstances circumstances{asker.user, asker.service, asker.rhost, asker.tty};
    if (asker.groups) {
        circumstances.groups = &*asker.groups;
        circumstances.known_groups = &asker.known_groups;
    }
    return rules_of(text).decide(circumstances);
}

std::string decided(const std::string& text, const Asker& asker) {
    const Result<Policy> policy = decide(text, asker);
    if (!policy) return "error";
    return policy->rule + ":" + std::string(to_text(policy->action));
}

TEST(Rules, WithoutRulesTheDefaultDecides) {
    EXPECT_EQ(decided("", {}), ":allow");
    EXPECT_EQ(decided("action = require\n", {}), ":require");
}

TEST(Rules, TheFirstMatchWins) {
    const std::string text =
        "[rule a]\nusers = bob\naction = exempt\n[rule b]\nusers = alice\naction = require\n"
        "[rule c]\naction = exempt\n";
    EXPECT_EQ(decided(text, {}), "b:require");
    EXPECT_EQ(decided(text, {.user = "bob"}), "a:exempt");
    EXPECT_EQ(decided(text, {.user = "carl"}), "c:exempt");
}

TEST(Rules, EveryConditionMustHold) {
    const std::string text =
        "[rule a]\nusers = a*\ngroups = staff\nservices = sshd\nnetworks = 192.0.2.0/24\n"
        "action = require\n";
    const Asker right{.groups = {{"staff"}}};
    EXPECT_EQ(decided(text, right), "a:require");
    Asker other = right;
    other.user = "bob";
    EXPECT_EQ(decided(text, other), ":allow");
    other = right;
    other.groups = {{"guests"}};
    EXPECT_EQ(decided(text, other), ":allow");
    other = right;
    other.service = "sudo";
    EXPECT_EQ(decided(text, other), ":allow");
    other = right;
    other.rhost = "192.0.3.7";
    EXPECT_EQ(decided(text, other), ":allow");
}

TEST(Rules, UserPatternsAreGlobs) {
    const std::string text = "[rule a]\nusers = svc-*, ?ob\naction = exempt\n";
    EXPECT_EQ(decided(text, {.user = "svc-backup"}), "a:exempt");
    EXPECT_EQ(decided(text, {.user = "bob"}), "a:exempt");
    EXPECT_EQ(decided(text, {.user = "bobby"}), ":allow");
    EXPECT_EQ(decided(text, {.user = "xsvc-1"}), ":allow");
}

TEST(Rules, GroupsAreExactNamesOneOfWhichMustHold) {
    const std::string text = "[rule a]\ngroups = staff, admins\naction = require\n";
    EXPECT_EQ(decided(text, {.groups = {{"admins"}}}), "a:require");
    EXPECT_EQ(decided(text, {.groups = {{"guests"}}}), ":allow");
    EXPECT_EQ(decided(text, {.groups = {{}}}), ":allow");
}

TEST(Rules, AnExclamationMarkKeepsMembersOut) {
    const std::string only = "[rule a]\ngroups = !guests\naction = require\n";
    EXPECT_EQ(decided(only, {.groups = {{}}}), "a:require");
    EXPECT_EQ(decided(only, {.groups = {{"guests"}}}), ":allow");
    const std::string both = "[rule a]\ngroups = staff, !guests\naction = require\n";
    EXPECT_EQ(decided(both, {.groups = {{"staff"}}}), "a:require");
    EXPECT_EQ(decided(both, {.groups = {{"staff", "guests"}}}), ":allow");
    EXPECT_EQ(decided(both, {.groups = {{}}}), ":allow");
}

TEST(Rules, AGroupThatDoesNotExistIsAnErrorAndNeverNotAMember) {
    const std::string text = "[rule a]\ngroups = staf\naction = require\n";
    const Result<Policy> policy = decide(text, {.groups = {{"staff"}}});
    ASSERT_FALSE(policy);
    EXPECT_EQ(policy.error().code, Errc::not_found);
    EXPECT_NE(policy.error().detail.find("staf"), std::string::npos);
    EXPECT_EQ(decided("[rule a]\ngroups = !staf\naction = exempt\n", {}), "error");
    // Also when another group of the rule decides already.
    EXPECT_EQ(decided("[rule a]\ngroups = staff, staf\naction = exempt\n", {.groups = {{"staff"}}}), "error");
}

TEST(Rules, ALookupThatFailedIsAnErrorOnlyWhereItMatters) {
    const std::string text = "[rule a]\nservices = sudo\ngroups = staff\naction = require\n";
    EXPECT_EQ(decided(text, {.service = "sudo", .groups = std::nullopt}), "error");
    EXPECT_EQ(decided(text, {.service = "sshd", .groups = std::nullopt}), ":allow");
    const std::string earlier = "[rule z]\naction = exempt\n" + text;
    EXPECT_EQ(decided(earlier, {.service = "sudo", .groups = std::nullopt}), "z:exempt");
}

TEST(Rules, TheDecisionCarriesTheTermsOfTheRuleAndTheDefaults) {
    const Result<Policy> policy = decide("remember = 8h\n[rule a]\naction = enroll\nenrollment = open\n", {});
    ASSERT_TRUE(policy);
    EXPECT_EQ(policy->action, Action::enroll);
    EXPECT_EQ(policy->enrollment, EnrollmentProof::open);
    EXPECT_EQ(policy->remember, std::chrono::hours(8));
    const Result<Policy> other = decide("remember = 8h\n[rule a]\nusers = bob\naction = exempt\n", {});
    ASSERT_TRUE(other);
    EXPECT_EQ(other->action, Action::allow);
    EXPECT_EQ(other->remember, std::chrono::hours(8));
}

TEST(Rules, SaysOfEachRuleWhatKeptItFromDeciding) {
    const Rules rules = rules_of(
        "[rule a]\nusers = bob\naction = allow\n[rule b]\nservices = sudo\naction = allow\n"
        "[rule c]\nnetworks = local\naction = allow\n[rule d]\ngroups = admins\naction = allow\n"
        "[rule e]\ngroups = staff, !guests\naction = allow\n[rule f]\naction = allow\n"
        "[rule g]\naction = allow\n");
    const std::vector<std::string> groups{"staff", "guests"};
    const std::vector<std::string> known{"staff", "guests", "admins"};
    std::vector<Mismatch> mismatches;
    for (const Considered& considered :
         rules.consider({"alice", "sshd", "192.0.2.7", "ssh", &groups, &known})) {
        ASSERT_TRUE(considered.mismatch);
        mismatches.push_back(*considered.mismatch);
    }
    EXPECT_EQ(mismatches,
              (std::vector<Mismatch>{Mismatch::user, Mismatch::service, Mismatch::network,
                                     Mismatch::not_in_group, Mismatch::in_excluded_group, Mismatch::none}));
}

TEST(Rules, ConsidersNoRuleAfterOneThatCannotBeTold) {
    const Rules rules = rules_of("[rule a]\ngroups = staf\naction = allow\n[rule b]\naction = allow\n");
    const std::vector<std::string> none;
    const std::vector<Considered> considered =
        rules.consider({"alice", "sshd", "192.0.2.7", "ssh", &none, &none});
    ASSERT_EQ(considered.size(), 1U);
    EXPECT_FALSE(considered[0].mismatch);
}

TEST(Rules, KnowsWhichGroupsALookupMustAnswer) {
    const Rules rules = rules_of(
        "[rule a]\ngroups = staff, !guests\naction = allow\n"
        "[rule b]\ngroups = staff\naction = allow\n");
    EXPECT_EQ(rules.groups_mentioned(), (std::vector<std::string>{"staff", "guests"}));
}

}  // namespace
}  // namespace secondstep
