#pragma once

#include <functional>
#include <string>

#include "policy/rules.h"
#include "stacks/remark.h"

namespace secondstep::tool {

// What this machine knows of the groups that rules name.
struct GroupsHere {
    std::function<bool(const std::string&)> is_local;  // stands in /etc/group
    std::function<bool(const std::string&)> is_found;  // by the name service, wherever it is
};
[[nodiscard]] GroupsHere groups_here(const Rules& rules);

// Rules that let somebody in for what cannot be told. While a directory is away who is enrolled
// is asked all the same; but one that is down and answers "not found" no program can tell from one
// that has no such member.
[[nodiscard]] Remarks rule_findings(const Rules& rules, const std::string& file, const GroupsHere& groups);

}  // namespace secondstep::tool
