#include "stacks/judgement/rule_findings.h"

#include <grp.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>

#include "policy/people.h"

namespace secondstep::tool {

namespace {

// Of /etc/group alone, whatever nsswitch.conf says.
std::set<std::string> groups_in_etc() {
    std::set<std::string> names;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/etc/group", "re"), &std::fclose);
    if (!file) return names;
    std::vector<char> buffer(1 << 20);
    group entry{};
    group* found = nullptr;
    while (::fgetgrent_r(file.get(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        names.emplace(found->gr_name);
    return names;
}

// How much an action gives away, to who is enrolled and to who is not.
int looseness(Action action) {
    switch (action) {
        case Action::require:
            return 0;
        case Action::enroll:
            return 1;
        case Action::allow:
            return 2;
        case Action::exempt:
            return 3;
    }
    return 3;
}

class Inspection {
  public:
    Inspection(const Rules& rules, const std::string& file, const GroupsHere& groups)
        : rules_(rules), file_(file), groups_(groups) {}

    Remarks run() {
        for (std::size_t i = 0; i < rules_.rules.size(); ++i)
            inspect(i);
        return std::move(out_);
    }

  private:
    [[nodiscard]] Action action_of(const Rule& rule) const {
        return rule.given.completed_by(rules_.defaults).action;
    }

    // Whether somebody whom this rule is not about may get more, or less, than it gives.
    template <typename Compare>
    [[nodiscard]] bool is_followed_by(std::size_t rule, Compare compare) const {
        const int own = looseness(action_of(rules_.rules[rule]));
        if (compare(looseness(rules_.defaults.action), own)) return true;
        return std::any_of(rules_.rules.begin() + static_cast<std::ptrdiff_t>(rule) + 1, rules_.rules.end(),
                           [&](const Rule& later) { return compare(looseness(action_of(later)), own); });
    }

    void inspect(std::size_t number) {
        const Rule& rule = rules_.rules[number];
        for (const GroupCondition& condition : rule.groups) {
            if (!groups_.is_found(condition.name)) {
                not_found(rule, condition.name);
            } else if (groups_.is_local(condition.name)) {
                continue;
            } else if (condition.negated ? is_followed_by(number, std::less<>())
                                         : is_followed_by(number, std::greater<>())) {
                loosens_for_non_members(rule, condition);
            }
        }
    }

    void not_found(const Rule& rule, const std::string& group) {
        say("rule \"" + rule.name + "\" names the group " + group +
                ", which cannot be found: who is enrolled is asked, and whoever is not may find "
                "the login unavailable",
            "");
    }

    void loosens_for_non_members(const Rule& rule, const GroupCondition& condition) {
        say("rule \"" + rule.name + "\" makes it easier for who is not in " + condition.name +
                ", a group of a directory: one that is down and answers \"not found\" makes nobody a member",
            "action = require, and [rule " + rule.name +
                "] with action = exempt and groups = a group of those who need no code");
    }

    void say(std::string text, std::string mend) {
        out_.push_back({Remark::Level::warning, file_, 0, std::move(text), {}, std::move(mend)});
    }

    const Rules& rules_;
    const std::string& file_;
    const GroupsHere& groups_;
    Remarks out_;
};

}  // namespace

GroupsHere groups_here(const Rules& rules) {
    const std::vector<std::string> mentioned = rules.groups_mentioned();
    const auto local = std::make_shared<const std::set<std::string>>(groups_in_etc());
    const auto root = std::make_shared<const Result<LookedUp>>(NameServicePeople().find("root", mentioned));
    return {[local](const std::string& group) { return local->contains(group); },
            [root](const std::string& group) {
                return *root && (*root)->membership.in(group) != Certainty::cannot_tell;
            }};
}

Remarks rule_findings(const Rules& rules, const std::string& file, const GroupsHere& groups) {
    return Inspection(rules, file, groups).run();
}

}  // namespace secondstep::tool
