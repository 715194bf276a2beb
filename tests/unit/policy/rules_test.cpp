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

Possible possible(const std::string& text, const Asker& asker) {
    Circumstances circumstances{asker.user, asker.service, asker.rhost, asker.tty};
    const Membership membership{asker.groups.value_or(std::vector<std::string>{}), asker.known_groups};
    if (asker.groups) circumstances.membership = &membership;
    return rules_of(text).possible(circumstances);
}

// "a:require|:allow": rule a may decide, or the default.
std::string decided(const std::string& text, const Asker& asker) {
    std::string policies;
    for (const Policy& policy : possible(text, asker).policies) {
        policies += (policies.empty() ? "" : "|") + policy.rule + ":" + std::string(to_text(policy.action));
    }
    return policies;
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
    EXPECT_EQ(decided(text, {.groups = std::vector<std::string>{}}), ":allow");
}

TEST(Rules, AnExclamationMarkKeepsMembersOut) {
    const std::string only = "[rule a]\ngroups = !guests\naction = require\n";
    EXPECT_EQ(decided(only, {.groups = std::vector<std::string>{}}), "a:require");
    EXPECT_EQ(decided(only, {.groups = {{"guests"}}}), ":allow");
    const std::string both = "[rule a]\ngroups = staff, !guests\naction = require\n";
    EXPECT_EQ(decided(both, {.groups = {{"staff"}}}), "a:require");
    EXPECT_EQ(decided(both, {.groups = {{"staff", "guests"}}}), ":allow");
    EXPECT_EQ(decided(both, {.groups = std::vector<std::string>{}}), ":allow");
}

TEST(Rules, AGroupThatDoesNotExistCannotBeToldAndIsNeverNotAMember) {
    const std::string text = "[rule a]\ngroups = staf\naction = require\n";
    EXPECT_EQ(decided(text, {.groups = {{"staff"}}}), "a:require|:allow");
    EXPECT_EQ(possible(text, {}).doubt, "rule a names the group staf, which does not exist");
    EXPECT_EQ(decided("[rule a]\ngroups = !staf\naction = exempt\n", {}), "a:exempt|:allow");
    // But where another group of the rule decides already, it does not matter.
    EXPECT_EQ(decided("[rule a]\ngroups = staff, staf\naction = exempt\n", {.groups = {{"staff"}}}),
              "a:exempt");
    EXPECT_EQ(decided("[rule a]\ngroups = !guests, staf\naction = exempt\n", {.groups = {{"guests"}}}),
              ":allow");
}

TEST(Rules, ALookupThatFailedIsInDoubtOnlyWhereItMatters) {
    const std::string text = "[rule a]\nservices = sudo\ngroups = staff\naction = require\n";
    EXPECT_EQ(decided(text, {.service = "sudo", .groups = std::nullopt}), "a:require|:allow");
    EXPECT_EQ(decided(text, {.service = "sshd", .groups = std::nullopt}), ":allow");
    const std::string earlier = "[rule z]\naction = exempt\n" + text;
    EXPECT_EQ(decided(earlier, {.service = "sudo", .groups = std::nullopt}), "z:exempt");
    EXPECT_EQ(possible(text, {.service = "sudo", .groups = std::nullopt}).doubt,
              "rule a needs groups, which could not be looked up");
}

TEST(Rules, ARemoteHostThatIsNoAddressIsInDoubtForNetworksAlone) {
    const std::string text = "[rule a]\nnetworks = 0.0.0.0/0, ::/0\naction = require\n";
    EXPECT_EQ(decided(text, {.rhost = "localhost"}), "a:require|:allow");
    EXPECT_EQ(possible(text, {.rhost = "localhost"}).doubt,
              "rule a is about networks, and the remote host is no address");
    EXPECT_EQ(decided(text, {.rhost = "fe80::1%eth0"}), "a:require");
    EXPECT_EQ(decided("[rule a]\nnetworks = local\naction = exempt\n", {.rhost = "UNKNOWN", .tty = "tty1"}),
              ":allow");
    EXPECT_EQ(
        decided("[rule a]\nnetworks = local, 192.0.2.0/24\naction = exempt\n", {.rhost = "", .tty = "tty1"}),
        "a:exempt");
}

TEST(Rules, WhatARuleInDoubtSaysOfAGroupIsKnownToTheNext) {
    const std::string halves =
        "action = exempt\n[rule in]\ngroups = staff\naction = require\n"
        "[rule out]\ngroups = !staff\naction = require\n";
    EXPECT_EQ(decided(halves, {.groups = std::nullopt}), "in:require|out:require");
    const std::string turned =
        "action = exempt\n[rule out]\ngroups = !staff\naction = require\n"
        "[rule in]\ngroups = staff, guests\naction = require\n";
    EXPECT_EQ(decided(turned, {.groups = std::nullopt}), "out:require|in:require");
}

TEST(Rules, TheDecisionCarriesTheTermsOfTheRuleAndTheDefaults) {
    const Policy policy =
        possible("remember = 8h\n[rule a]\naction = enroll\nenrollment = open\n", {}).policies.front();
    EXPECT_EQ(policy.action, Action::enroll);
    EXPECT_EQ(policy.enrollment, EnrollmentProof::open);
    EXPECT_EQ(policy.remember, std::chrono::hours(8));
    const Policy other =
        possible("remember = 8h\n[rule a]\nusers = bob\naction = exempt\n", {}).policies.front();
    EXPECT_EQ(other.action, Action::allow);
    EXPECT_EQ(other.remember, std::chrono::hours(8));
}

TEST(Rules, SaysOfEachRuleWhatKeptItFromDeciding) {
    const Rules rules = rules_of(
        "[rule a]\nusers = bob\naction = allow\n[rule b]\nservices = sudo\naction = allow\n"
        "[rule c]\nnetworks = local\naction = allow\n[rule d]\ngroups = admins\naction = allow\n"
        "[rule e]\ngroups = staff, !guests\naction = allow\n[rule f]\naction = allow\n"
        "[rule g]\naction = allow\n");
    const Membership membership{{"staff", "guests"}, {"staff", "guests", "admins"}};
    std::vector<Mismatch> mismatches;
    for (const Considered& considered : rules.consider({"alice", "sshd", "192.0.2.7", "ssh", &membership})) {
        EXPECT_NE(considered.applies, Certainty::cannot_tell);
        mismatches.push_back(considered.mismatch);
    }
    EXPECT_EQ(mismatches,
              (std::vector<Mismatch>{Mismatch::user, Mismatch::service, Mismatch::network,
                                     Mismatch::not_in_group, Mismatch::in_excluded_group, Mismatch::none}));
}

TEST(Rules, ConsidersNoRuleAfterOneThatDecides) {
    const Rules rules = rules_of(
        "[rule a]\ngroups = staf\naction = allow\n[rule b]\naction = allow\n[rule c]\naction = allow\n");
    const Membership none{};
    const std::vector<Considered> considered = rules.consider({"alice", "sshd", "192.0.2.7", "ssh", &none});
    ASSERT_EQ(considered.size(), 2U);
    EXPECT_EQ(considered[0].applies, Certainty::cannot_tell);
    EXPECT_EQ(considered[1].applies, Certainty::yes);
}

TEST(Rules, KnowsWhichGroupsALookupMustAnswer) {
    const Rules rules = rules_of(
        "[rule a]\ngroups = staff, !guests\naction = allow\n"
        "[rule b]\ngroups = staff\naction = allow\n");
    EXPECT_EQ(rules.groups_mentioned(), (std::vector<std::string>{"staff", "guests"}));
}

}  // namespace
}  // namespace secondstep
