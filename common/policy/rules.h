#pragma once

#include <sys/types.h>
#include <algorithm>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "policy/certainty.h"
#include "policy/network.h"
#include "policy/people.h"
#include "policy/terms.h"

namespace secondstep {

struct GroupCondition {
    std::string name;
    bool negated = false;  // "!name"
};

struct Rule {
    std::string name;
    std::vector<std::string> users;  // globs (fnmatch); empty: everybody
    std::vector<GroupCondition> groups;
    std::vector<std::string> services;
    std::vector<Network> networks;
    GivenTerms given;
    std::string place{};  // "FILE:LINE" of its header; empty: of no file

    // By its services alone.
    [[nodiscard]] bool may_be_about(std::string_view service) const {
        return services.empty() || std::ranges::find(services, service) != services.end();
    }
};

struct Circumstances {
    std::string_view user;
    std::string_view service;
    std::string_view rhost;
    std::string_view tty;
    const Membership* membership = nullptr;  // nothing: the groups were not looked up
};

struct Policy : Terms {
    std::string rule;  // the name of the rule that decided; empty: the default
};

// What keeps a rule from being about somebody.
enum class Mismatch : std::uint8_t {
    none,  // every condition holds: the rule decides
    user,
    service,
    network,
    not_in_group,
    in_excluded_group,
};

// One rule, and whether it is about this login.
struct Considered {
    const Rule* rule;
    Certainty applies = Certainty::no;
    Mismatch mismatch = Mismatch::none;  // what keeps it from being about it
    std::string doubt{};                 // why it cannot be told
};

// Every policy that may be the one that holds, in the order of the rules; never empty. More than one where
// something cannot be told.
struct Possible {
    std::vector<Policy> policies;
    std::string doubt{};  // why there are several: what stands in the way of the first rule in doubt
};

class Rules {
  public:
    Terms defaults;  // of people no rule is about, and of what a rule does not give
    std::vector<Rule> rules;

    // Every group name any rule mentions: what a lookup has to answer.
    [[nodiscard]] std::vector<std::string> groups_mentioned() const;

    // The rules in their order up to the first that certainly is about this login. A group that does not
    // exist is most often a directory that is not there, so that "not a member" would be a guess. Each rule
    // is judged as it stands where none before it was about the login: what that says of a group is known by
    // then. The rules must outlive the answer.
    [[nodiscard]] std::vector<Considered> consider(const Circumstances& circumstances) const;

    // Linear in the rules, not in what their unknowns could be together.
    [[nodiscard]] Possible possible(const Circumstances& circumstances) const;
};

}  // namespace secondstep
