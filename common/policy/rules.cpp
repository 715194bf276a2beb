#include "policy/rules.h"

#include <fnmatch.h>

#include <algorithm>

namespace secondstep {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool matches_user(const Rule& rule, std::string_view user) {
    const std::string name(user);
    return rule.users.empty() || std::ranges::any_of(rule.users, [&name](const std::string& pattern) {
               return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
           });
}

bool matches_network(const Rule& rule, const Circumstances& circumstances) {
    return rule.networks.empty() ||
           std::ranges::any_of(rule.networks, [&circumstances](const Network& network) {
               return network.contains(circumstances.rhost, circumstances.tty);
           });
}

bool matches_all_but_groups(const Rule& rule, const Circumstances& circumstances) {
    return matches_user(rule, circumstances.user) &&
           (rule.services.empty() || contains(rule.services, circumstances.service)) &&
           matches_network(rule, circumstances);
}

// A group that is not there is most often a directory service that is not there: "not a member" would be a
// guess, and could switch the second step off.
Result<void> check_groups_known(const Rule& rule, const Circumstances& circumstances) {
    for (const GroupCondition& condition : rule.groups) {
        if (circumstances.groups == nullptr || circumstances.known_groups == nullptr) {
            return fail(Errc::not_found, "rule " + rule.name + " needs groups, which could not be looked up");
        }
        if (!contains(*circumstances.known_groups, condition.name)) {
            return fail(Errc::not_found, "rule " + rule.name + " names the group " + condition.name +
                                             ", which does not exist");
        }
    }
    return {};
}

bool in_groups(const Rule& rule, const std::vector<std::string>& groups) {
    bool wanted = false;
    bool member = false;
    for (const GroupCondition& condition : rule.groups) {
        const bool in = contains(groups, condition.name);
        if (condition.negated && in) return false;
        if (!condition.negated) {
            wanted = true;
            member = member || in;
        }
    }
    return member || !wanted;
}

}  // namespace

std::string_view to_text(Action action) {
    switch (action) {
        case Action::allow:
            return "allow";
        case Action::require:
            return "require";
        case Action::exempt:
            return "exempt";
    }
    return "?";
}

std::vector<std::string> Rules::groups_mentioned() const {
    std::vector<std::string> names;
    for (const Rule& rule : rules) {
        for (const GroupCondition& condition : rule.groups) {
            if (!contains(names, condition.name)) names.push_back(condition.name);
        }
    }
    return names;
}

Result<Policy> Rules::decide(const Circumstances& circumstances) const {
    for (const Rule& rule : rules) {
        if (!matches_all_but_groups(rule, circumstances)) continue;
        if (const Result<void> known = check_groups_known(rule, circumstances); !known) {
            return std::unexpected(known.error());
        }
        if (rule.groups.empty() || in_groups(rule, *circumstances.groups))
            return Policy{rule.action, rule.name};
    }
    return Policy{default_action, ""};
}

}  // namespace secondstep
