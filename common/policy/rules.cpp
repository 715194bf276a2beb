#include "policy/rules.h"
#include "policy/network.h"

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

// What is known of somebody's groups while one rule after the other is gone through.
class KnownGroups {
  public:
    explicit KnownGroups(const Membership* membership) : membership_(membership) {}

    [[nodiscard]] Certainty in(const std::string& group) const {
        if (contains(supposed_in_, group)) return Certainty::yes;
        if (contains(supposed_out_, group)) return Certainty::no;
        return membership_ == nullptr ? Certainty::cannot_tell : membership_->in(group);
    }
    [[nodiscard]] std::string doubt(const Rule& rule) const;
    // The next rule counts only where this one, in doubt for its groups alone, is not about the person.
    void suppose_not(const std::vector<GroupCondition>& conditions);

  private:
    [[nodiscard]] bool failed() const { return membership_ == nullptr || !membership_->failure.empty(); }
    const Membership* membership_;
    std::vector<std::string> supposed_in_;
    std::vector<std::string> supposed_out_;
};

std::string KnownGroups::doubt(const Rule& rule) const {
    if (failed()) {
        const std::string why = membership_ == nullptr ? "" : " (" + membership_->failure + ")";
        return "rule " + rule.name + " needs groups, which could not be looked up" + why;
    }
    const auto unknown = std::ranges::find_if(rule.groups, [this](const GroupCondition& condition) {
        return in(condition.name) == Certainty::cannot_tell;
    });
    return "rule " + rule.name + " names the group " + unknown->name + ", which does not exist";
}

Certainty in_excluded_group(const std::vector<GroupCondition>& conditions, const KnownGroups& groups) {
    Certainty in = Certainty::no;
    for (const GroupCondition& condition : conditions) {
        if (condition.negated) in = either(in, groups.in(condition.name));
    }
    return in;
}

Certainty in_wanted_group(const std::vector<GroupCondition>& conditions, const KnownGroups& groups) {
    bool wanted = false;
    Certainty in = Certainty::no;
    for (const GroupCondition& condition : conditions) {
        if (condition.negated) continue;
        wanted = true;
        in = either(in, groups.in(condition.name));
    }
    return wanted ? in : Certainty::yes;
}

void KnownGroups::suppose_not(const std::vector<GroupCondition>& conditions) {
    const bool one_wanted_holds = std::ranges::any_of(conditions, [this](const GroupCondition& condition) {
        return !condition.negated && in(condition.name) == Certainty::yes;
    });
    std::vector<const GroupCondition*> unknown;
    for (const GroupCondition& condition : conditions) {
        if (!condition.negated && one_wanted_holds) continue;
        if (in(condition.name) == Certainty::cannot_tell) unknown.push_back(&condition);
    }
    const bool any_excluded =
        std::ranges::any_of(unknown, [](const GroupCondition* condition) { return condition->negated; });
    // Of several of which one at least decided it, nothing is known of each.
    if (any_excluded && unknown.size() > 1) return;
    for (const GroupCondition* condition : unknown)
        (condition->negated ? supposed_in_ : supposed_out_).push_back(condition->name);
}

Certainty in_a_network(const Rule& rule, const Circumstances& circumstances) {
    if (rule.networks.empty()) return Certainty::yes;
    Certainty in = Certainty::no;
    for (const Network& network : rule.networks)
        in = either(in, network.contains(circumstances.rhost, circumstances.tty));
    return in;
}

Considered mismatched(const Rule& rule, Mismatch mismatch) {
    return {&rule, Certainty::no, mismatch};
}

// Groups come last: a look-up that failed matters only to whom the rule could be about.
Considered compare(const Rule& rule, const Circumstances& circumstances, KnownGroups& groups) {
    if (!matches_user(rule, circumstances.user)) return mismatched(rule, Mismatch::user);
    if (!rule.may_be_about(circumstances.service)) return mismatched(rule, Mismatch::service);
    const Certainty network = in_a_network(rule, circumstances);
    if (network == Certainty::no) return mismatched(rule, Mismatch::network);
    const Certainty excluded = in_excluded_group(rule.groups, groups);
    if (excluded == Certainty::yes) return mismatched(rule, Mismatch::in_excluded_group);
    const Certainty wanted = in_wanted_group(rule.groups, groups);
    if (wanted == Certainty::no) return mismatched(rule, Mismatch::not_in_group);
    Considered considered{&rule, both(network, both(opposite(excluded), wanted))};
    if (considered.applies != Certainty::cannot_tell) return considered;
    if (network == Certainty::cannot_tell) {
        considered.doubt = "rule " + rule.name + " is about networks, and the remote host is no address";
    } else {
        considered.doubt = groups.doubt(rule);
        groups.suppose_not(rule.groups);
    }
    return considered;
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
    KnownGroups groups(circumstances.membership);
    for (const Rule& rule : rules) {
        considered.push_back(compare(rule, circumstances, groups));
        if (considered.back().applies == Certainty::yes) break;
    }
    return considered;
}

Possible Rules::possible(const Circumstances& circumstances) const {
    Possible possible;
    bool decided = false;
    for (const Considered& each : consider(circumstances)) {
        if (each.applies == Certainty::no) continue;
        possible.policies.push_back({each.rule->given.completed_by(defaults), each.rule->name});
        if (possible.doubt.empty()) possible.doubt = each.doubt;
        decided = each.applies == Certainty::yes;
    }
    if (!decided) possible.policies.push_back({defaults, ""});
    return possible;
}

}  // namespace secondstep
