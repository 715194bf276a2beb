#include "demands.h"

#include <algorithm>
#include <set>
#include <utility>

#include "people_index.h"

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
UnixTime urgency(const Demands::Demand& demand) {
    return demand.until.value_or(never);
}

}  // namespace

Demands::Demands(const Rules& rules) : rules_(rules) {
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

std::optional<Demands::Demand> Demands::on_service(const std::string& user, const std::string& service,
                                                   const std::vector<std::string>& groups) const {
    // No place: rules that ask for one do not match.
    const auto policy = rules_.decide({user, service, {}, {}, &groups, &known_groups_});
    if (!policy) return std::nullopt;
    return Demand{policy->action, policy->rule.empty() ? "the default" : policy->rule, policy->enroll_until};
}

std::optional<Demands::Demand> Demands::on(const std::string& user) const {
    if (!any_) return std::nullopt;
    std::vector<std::string> groups;
    for (const auto& [group, members] : members_) {
        if (members.contains(user)) groups.push_back(group);
    }
    // No service: rules that ask for one do not match.
    std::optional<Demand> found = on_service(user, {}, groups);
    if (found && found->action == Action::exempt) return found;
    if (found && found->action != Action::enroll) found.reset();
    for (const std::string& service : services_) {
        const auto demand = on_service(user, service, groups);
        if (!demand || demand->action != Action::enroll) continue;
        if (!found || urgency(*demand) < urgency(*found)) found = demand;
    }
    return found;
}

}  // namespace secondstep::tool
