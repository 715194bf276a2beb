#include "accounts/policy_demands.h"

#include <algorithm>
#include <set>
#include <utility>

#include "people/people_index.h"
#include "policy/outcome.h"

namespace secondstep::tool {

namespace {

bool is_of_interest(Action action) {
    return action == Action::exempt || action == Action::enroll;
}

std::vector<std::string> services_in(const Rules& rules) {
    std::set<std::string> services;
    for (const Rule& rule : rules.rules)
        services.insert(rule.services.begin(), rule.services.end());
    return {services.begin(), services.end()};
}

// "At once" is earlier than every date.
UnixTime urgency(const PolicyDemands::Demand& demand) {
    return demand.until.value_or(never);
}

}  // namespace

PolicyDemands::PolicyDemands(const Rules& rules) : rules_(rules) {
    any_ = is_of_interest(rules.defaults.action) || std::ranges::any_of(rules.rules, [](const Rule& rule) {
               return rule.given.action && is_of_interest(*rule.given.action);
           });
    if (!any_) return;
    services_ = services_in(rules);
    for (const std::string& group : rules.groups_mentioned()) {
        auto members = members_of(group);
        if (!members || !*members) continue;
        known_groups_.push_back(group);
        members_.emplace(group, std::move(**members));
    }
}

// Nothing also where it cannot be told: a table is no place for "perhaps".
std::optional<PolicyDemands::Demand> PolicyDemands::on_service(const std::string& user,
                                                               const std::string& service,
                                                               const Membership& membership) const {
    // No place: rules that ask for one do not match.
    const Possible possible = rules_.possible({user, service, {}, {}, &membership});
    const Policy policy = strictest(possible);
    for (const Policy& each : possible.policies) {
        if (each.action != policy.action) return std::nullopt;
    }
    const std::string rule = possible.policies.front().rule;
    return Demand{policy.action, rule.empty() ? "the default" : rule, policy.enroll_until};
}

std::optional<PolicyDemands::Demand> PolicyDemands::on(const std::string& user) const {
    if (!any_) return std::nullopt;
    Membership membership{{}, known_groups_};
    for (const auto& [group, members] : members_) {
        if (members.contains(user)) membership.groups.push_back(group);
    }
    // No service: rules that ask for one do not match.
    std::optional<Demand> found = on_service(user, {}, membership);
    if (found && found->action == Action::exempt) return found;
    if (found && found->action != Action::enroll) found.reset();
    for (const std::string& service : services_) {
        const auto demand = on_service(user, service, membership);
        if (!demand || demand->action != Action::enroll) continue;
        if (!found || urgency(*demand) < urgency(*found)) found = demand;
    }
    return found;
}

}  // namespace secondstep::tool
