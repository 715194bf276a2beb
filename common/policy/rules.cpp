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

Mismatch compare_groups(const Rule& rule, const std::vector<std::string>& groups) {
    bool wanted = false;
    bool member = false;
    for (const GroupCondition& condition : rule.groups) {
        const bool in = contains(groups, condition.name);
        if (condition.negated && in) return Mismatch::in_excluded_group;
        if (!condition.negated) {
            wanted = true;
            member = member || in;
        }
    }
    return member || !wanted ? Mismatch::none : Mismatch::not_in_group;
}

// Groups come last: a look-up that failed matters only to whom the rule could be about.
Result<Mismatch> compare(const Rule& rule, const Circumstances& circumstances) {
    if (!matches_user(rule, circumstances.user)) return Mismatch::user;
    if (!rule.services.empty() && !contains(rule.services, circumstances.service)) return Mismatch::service;
    if (!matches_network(rule, circumstances)) return Mismatch::network;
    if (rule.groups.empty()) return Mismatch::none;
    if (const Result<void> known = check_groups_known(rule, circumstances); !known) {
        return std::unexpected(known.error());
    }
    return compare_groups(rule, *circumstances.groups);
}

}  // namespace

std::vector<std::string> Rules::groups_mentioned() const {
    std::vector<std::string> names;
    for (const Rule& rule : rules) {
        for (const GroupCondition& condition : rule.groups) {
            if (!contains(names, condition.name)) names.push_back(condition.name);
        }
    }
    return names;
}

std::vector<Considered> Rules::consider(const Circumstances& circumstances) const {
    std::vector<Considered> considered;
    for (const Rule& rule : rules) {
        considered.push_back({&rule, compare(rule, circumstances)});
        const Result<Mismatch>& mismatch = considered.back().mismatch;
        if (!mismatch || *mismatch == Mismatch::none) break;
    }
    return considered;
}

Result<Policy> Rules::decide(const Circumstances& circumstances) const {
    const std::vector<Considered> considered = consider(circumstances);
    if (considered.empty()) return Policy{defaults, ""};
    const auto& [rule, mismatch] = considered.back();
    if (!mismatch) return std::unexpected(mismatch.error());
    if (*mismatch != Mismatch::none) return Policy{defaults, ""};
    return Policy{rule->given.completed_by(defaults), rule->name};
}

}  // namespace secondstep
