#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "policy/rules.h"

namespace secondstep::tool {

// What the rules ask of somebody, as far as it can be said without a login.
// Knows the groups the rules mention.
class PolicyDemands {
  public:
    explicit PolicyDemands(const Rules& rules);

    struct Demand {
        Action action = Action::allow;
        std::string rule;  // "the default" when no rule has a say
        std::optional<UnixTime> until = std::nullopt;
    };
    // exempt: on every service and from everywhere. enroll: on some service, from everywhere; of several the
    // earliest. Returns nullopt if neither.
    [[nodiscard]] std::optional<Demand> on(const std::string& user) const;

  private:
    [[nodiscard]] std::optional<Demand> on_service(const std::string& user, const std::string& service,
                                                   const Membership& membership) const;
    const Rules& rules_;
    bool any_ = false;
    std::vector<std::string> services_;  // that rules mention
    // Of the groups that could be told; what somebody is told of the others is that it cannot be told.
    std::unordered_map<std::string, std::unordered_set<std::string>> members_;
    std::vector<std::string> known_groups_;
};

}  // namespace secondstep::tool
