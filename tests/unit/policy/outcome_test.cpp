#include "policy/outcome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace secondstep {
namespace {

Policy policy_of(Action action) {
    Policy policy;
    policy.action = action;
    return policy;
}

Possible of(std::vector<Policy> policies) {
    return {std::move(policies), "why"};
}

constexpr Action every_action[] = {Action::allow, Action::require, Action::exempt, Action::enroll};

TEST(PolicyOutcome, OfOnePolicyIsWhatItSays) {
    const auto outcome = [](Action action, Certainty enrolled) {
        return outcome_of(of({policy_of(action)}), enrolled);
    };
    EXPECT_EQ(outcome(Action::allow, Certainty::no), PolicyOutcome::let_in);
    EXPECT_EQ(outcome(Action::exempt, Certainty::no), PolicyOutcome::let_in);
    EXPECT_EQ(outcome(Action::require, Certainty::no), PolicyOutcome::refused);
    EXPECT_EQ(outcome(Action::enroll, Certainty::no), PolicyOutcome::enrolls);
    EXPECT_EQ(outcome(Action::exempt, Certainty::yes), PolicyOutcome::let_in);
    EXPECT_EQ(outcome(Action::exempt, Certainty::cannot_tell), PolicyOutcome::let_in);
    for (const Action action : {Action::allow, Action::require, Action::enroll}) {
        EXPECT_EQ(outcome(action, Certainty::yes), PolicyOutcome::asked);
        EXPECT_EQ(outcome(action, Certainty::cannot_tell), PolicyOutcome::unavailable);
    }
}

TEST(PolicyOutcome, WhoIsEnrolledIsAskedWhicheverPolicyHolds) {
    for (const Action a : every_action) {
        for (const Action b : every_action) {
            const bool exempt = a == Action::exempt && b == Action::exempt;
            EXPECT_EQ(outcome_of(of({policy_of(a), policy_of(b)}), Certainty::yes),
                      exempt ? PolicyOutcome::let_in : PolicyOutcome::asked);
        }
    }
}

TEST(PolicyOutcome, WhoCannotBeAskedIsLetInOnlyIfEveryPolicyDoesIt) {
    const auto outcome = [](Action a, Action b) {
        return outcome_of(of({policy_of(a), policy_of(b)}), Certainty::no);
    };
    EXPECT_EQ(outcome(Action::allow, Action::exempt), PolicyOutcome::let_in);
    EXPECT_EQ(outcome(Action::require, Action::require), PolicyOutcome::refused);
    EXPECT_EQ(outcome(Action::enroll, Action::enroll), PolicyOutcome::enrolls);
    EXPECT_EQ(outcome(Action::require, Action::allow), PolicyOutcome::unavailable);
    EXPECT_EQ(outcome(Action::exempt, Action::require), PolicyOutcome::unavailable);
    EXPECT_EQ(outcome(Action::enroll, Action::require), PolicyOutcome::unavailable);
    EXPECT_EQ(outcome(Action::enroll, Action::allow), PolicyOutcome::unavailable);
}

TEST(PolicyOutcome, EnrollmentIsDueOnlyIfEveryPolicySaysSo) {
    EXPECT_EQ(is_enrollment_due(of({policy_of(Action::allow), policy_of(Action::require)})), Certainty::no);
    EXPECT_EQ(is_enrollment_due(of({policy_of(Action::enroll), policy_of(Action::enroll)})), Certainty::yes);
    EXPECT_EQ(is_enrollment_due(of({policy_of(Action::enroll), policy_of(Action::allow)})),
              Certainty::cannot_tell);
}

TEST(PolicyOutcome, OfSeveralPoliciesTheStrictestOfEachTermHoldsAndNothingIsRemembered) {
    Policy lax = policy_of(Action::allow);
    lax.rule = "lax";
    lax.enrollment = EnrollmentProof::open;
    lax.methods = {"totp", "mail"};
    lax.remember = lax.repeat = std::chrono::hours{8};
    lax.enroll_until = from_unix(2'000'000'000);
    Policy strict = policy_of(Action::require);
    strict.methods = {"totp", "hotp"};
    for (const Possible& possible : {of({lax, strict}), of({strict, lax})}) {
        const Policy both = strictest(possible);
        EXPECT_EQ(both.action, Action::require);
        EXPECT_EQ(both.enrollment, EnrollmentProof::registration_code);
        EXPECT_EQ(both.methods, std::vector<std::string>{"totp"});
        EXPECT_EQ(both.remember.count(), 0);
        EXPECT_EQ(both.repeat.count(), 0);
        EXPECT_FALSE(both.enroll_until);
        EXPECT_FALSE(both.may_disable_own_step());
        EXPECT_EQ(both.rule, "");
    }
}

TEST(PolicyOutcome, WithoutACommonMethodTheStrongestIsLeft) {
    Policy mail = policy_of(Action::enroll);
    mail.methods = {"sms", "mail"};
    Policy counter = policy_of(Action::require);
    counter.methods = {"hotp"};
    EXPECT_EQ(strictest(of({mail, counter})).methods, std::vector<std::string>{"hotp"});
}

TEST(PolicyOutcome, PoliciesThatAreOneKeepEverythingTheyGrant) {
    Policy policy = policy_of(Action::require);
    policy.remember = std::chrono::hours{8};
    Policy same = policy;
    same.rule = "another";
    EXPECT_EQ(strictest(of({policy, same})).remember, std::chrono::hours{8});
}

// --- random rules, random unknowns: against every value they can have ---

constexpr const char* all_groups[] = {"a", "b", "c"};

struct World {
    Rules rules;
    Membership known;                  // with what is not known left out
    std::vector<std::string> unknown;  // groups
    bool named_host = false;
};

template <typename T>
T any_of(std::mt19937& random, std::initializer_list<T> values) {
    return *(values.begin() + random() % values.size());
}

Rule any_rule(std::mt19937& random, std::size_t number, bool one_group) {
    Rule rule;
    rule.name = "r" + std::to_string(number);
    rule.given.action = any_of(random, {Action::allow, Action::require, Action::exempt, Action::enroll});
    if (random() % 4 == 0) rule.services = {any_of<std::string>(random, {"sshd", "sudo"})};
    const std::size_t groups = one_group ? random() % 2 : random() % 4;
    for (std::size_t i = 0; i < groups; ++i)
        rule.groups.push_back({all_groups[random() % 3], random() % 2 == 0});
    return rule;
}

World any_world(std::mt19937& random, bool one_group) {
    World world;
    world.rules.defaults.action = any_of(random, {Action::allow, Action::require, Action::exempt});
    const std::size_t count = random() % 6;
    for (std::size_t i = 0; i < count; ++i)
        world.rules.rules.push_back(any_rule(random, i, one_group));
    for (const char* group : all_groups) {
        if (random() % 2 == 0) {
            world.unknown.emplace_back(group);
            continue;
        }
        world.known.known_groups.emplace_back(group);
        if (random() % 2 == 0) world.known.groups.emplace_back(group);
    }
    return world;
}

Possible possible_in(const World& world, const Membership& membership) {
    return world.rules.possible({"alice", "sshd", "192.0.2.7", "ssh", &membership});
}

// What every assignment of the unknown groups leads to.
std::vector<PolicyOutcome> true_outcomes(const World& world, Certainty enrolled) {
    std::vector<PolicyOutcome> outcomes;
    for (unsigned bits = 0; bits < 1U << world.unknown.size(); ++bits) {
        Membership membership = world.known;
        for (std::size_t i = 0; i < world.unknown.size(); ++i) {
            membership.known_groups.push_back(world.unknown[i]);
            if ((bits >> i & 1U) != 0) membership.groups.push_back(world.unknown[i]);
        }
        const Possible one = possible_in(world, membership);
        EXPECT_EQ(one.policies.size(), 1U);
        outcomes.push_back(outcome_of(one, enrolled));
    }
    return outcomes;
}

// How much an outcome gives away; unavailable and refused give nothing.
int looseness(PolicyOutcome outcome) {
    const std::map<PolicyOutcome, int> order{{PolicyOutcome::unavailable, 0},
                                             {PolicyOutcome::refused, 0},
                                             {PolicyOutcome::asked, 1},
                                             {PolicyOutcome::enrolls, 1},
                                             {PolicyOutcome::let_in, 2}};
    return order.at(outcome);
}

TEST(OutcomeUnderEveryValue, IsNeverLooserThanTheTruthAndIsTheTruthWhereItIsOne) {
    std::mt19937 random(20261128);
    for (int round = 0; round < 20000; ++round) {
        const bool one_group = round % 2 == 0;
        const World world = any_world(random, one_group);
        for (const Certainty enrolled : {Certainty::no, Certainty::yes}) {
            const std::vector<PolicyOutcome> truth = true_outcomes(world, enrolled);
            const PolicyOutcome outcome = outcome_of(possible_in(world, world.known), enrolled);
            for (const PolicyOutcome each : truth) {
                // Whichever of them is true, nobody gets more than it gives.
                ASSERT_LE(looseness(outcome), looseness(each)) << "round " << round;
            }
            if (std::ranges::all_of(truth, [&](PolicyOutcome each) { return each == truth.front(); }) &&
                one_group) {
                ASSERT_EQ(outcome, truth.front()) << "round " << round;
            }
            // Nobody who can be asked is locked out.
            if (enrolled == Certainty::yes) {
                ASSERT_NE(outcome, PolicyOutcome::unavailable);
            }
        }
    }
}

}  // namespace
}  // namespace secondstep
