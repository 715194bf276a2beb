#include "policy/outcome.h"

#include <algorithm>
#include <array>

namespace secondstep {
namespace {

PolicyOutcome of_the_unenrolled(const Policy& policy) {
    switch (policy.action) {
        case Action::allow:
        case Action::exempt:
            return PolicyOutcome::let_in;
        case Action::require:
            return PolicyOutcome::refused;
        case Action::enroll:
            return PolicyOutcome::enrolls;
    }
    return PolicyOutcome::unavailable;
}

bool all_exempt(const Possible& possible) {
    return std::ranges::all_of(possible.policies,
                               [](const Policy& policy) { return policy.action == Action::exempt; });
}

bool has(const std::vector<std::string>& methods, std::string_view method) {
    return std::ranges::find(methods, method) != methods.end();
}

// Where the rules have no method in common, the strongest that one of them has: to enroll with that is no
// weaker than what any of them would have led to.
std::vector<std::string> common_methods(const std::vector<Policy>& policies) {
    std::vector<std::string> common = policies.front().methods;
    for (const Policy& policy : policies)
        std::erase_if(common, [&policy](const std::string& method) { return !has(policy.methods, method); });
    if (!common.empty()) return common;
    constexpr std::array<std::string_view, 4> by_strength{"totp", "hotp", "mail", "sms"};
    for (const std::string_view method : by_strength) {
        const auto offers = [method](const Policy& policy) { return has(policy.methods, method); };
        if (std::ranges::any_of(policies, offers)) return {std::string(method)};
    }
    return policies.front().methods;
}

// How strict an action is to who is not enrolled.
int strictness(const Policy& policy) {
    switch (policy.action) {
        case Action::exempt:
            return 0;
        case Action::allow:
            return 1;
        case Action::enroll:
            return 2;
        case Action::require:
            return 3;
    }
    return 3;
}

void tighten(Policy& policy, const Policy& other) {
    if (strictness(other) > strictness(policy)) policy.action = other.action;
    if (!other.enroll_until) {
        policy.enroll_until.reset();
    } else if (policy.enroll_until) {
        policy.enroll_until = std::min(*policy.enroll_until, *other.enroll_until);
    }
    if (other.enrollment == EnrollmentProof::registration_code) policy.enrollment = other.enrollment;
    policy.allow_self_disable = policy.may_disable_own_step() && other.may_disable_own_step();
}

bool are_one(const Possible& possible) {
    const auto& policies = possible.policies;
    return std::ranges::all_of(policies, [&policies](const Policy& policy) {
        return static_cast<const Terms&>(policy) == static_cast<const Terms&>(policies.front());
    });
}

}  // namespace

Policy tightened_by(const Terms& own, Policy of_the_host) {
    Policy& policy = of_the_host;
    std::erase_if(policy.methods, [&own](const std::string& method) { return !has(own.methods, method); });
    if (policy.methods.empty()) policy.methods = own.methods;
    policy.remember = std::min(policy.remember, own.remember);
    policy.repeat = std::min(policy.repeat, own.repeat);
    if (own.enrollment == EnrollmentProof::registration_code) policy.enrollment = own.enrollment;
    policy.allow_self_disable = policy.may_disable_own_step() && own.may_disable_own_step();
    return policy;
}

PolicyOutcome outcome_of(const Possible& possible, Certainty enrolled) {
    if (all_exempt(possible)) return PolicyOutcome::let_in;
    if (enrolled == Certainty::yes) return PolicyOutcome::asked;
    if (enrolled == Certainty::cannot_tell) return PolicyOutcome::unavailable;
    const PolicyOutcome first = of_the_unenrolled(possible.policies.front());
    const bool agreed = std::ranges::all_of(
        possible.policies, [first](const Policy& policy) { return of_the_unenrolled(policy) == first; });
    return agreed ? first : PolicyOutcome::unavailable;
}

Certainty is_enrollment_due(const Possible& possible) {
    const auto enrolls = [](const Policy& policy) { return policy.action == Action::enroll; };
    if (std::ranges::none_of(possible.policies, enrolls)) return Certainty::no;
    return std::ranges::all_of(possible.policies, enrolls) ? Certainty::yes : Certainty::cannot_tell;
}

Policy strictest(const Possible& possible) {
    Policy policy = possible.policies.front();
    if (possible.policies.size() == 1) return policy;
    policy.rule.clear();
    if (are_one(possible)) return policy;
    for (const Policy& other : possible.policies)
        tighten(policy, other);
    policy.methods = common_methods(possible.policies);
    policy.remember = policy.repeat = std::chrono::seconds{0};
    return policy;
}

}  // namespace secondstep
