#include "stacks/judgement/enrolling_rule.h"

#include <algorithm>

namespace secondstep::tool {

std::optional<std::string> enrolling_rule(const Config& config, std::string_view service) {
    for (const Rule& rule : config.rules.rules) {
        if (rule.may_be_about(service) && rule.given.action == Action::enroll) return rule.name;
    }
    if (config.rules.defaults.action == Action::enroll) return "";
    return std::nullopt;
}

}  // namespace secondstep::tool
