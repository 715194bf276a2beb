#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "policy/terms.h"

namespace secondstep {

// 192.0.2.0/24, 2001:db8::/32, a single address, or the word `local`: no remote host and a terminal that is a
// device.
class Network {
  public:
    [[nodiscard]] static Result<Network> parse(std::string_view text);
    // `rhost` is compared only if it is an address: host names are never resolved, and match no network.
    [[nodiscard]] bool contains(std::string_view rhost, std::string_view tty) const;

  private:
    Network() = default;
    [[nodiscard]] bool has_no_host_bits() const;
    bool local_ = false;
    bool v6_ = false;
    unsigned prefix_ = 0;
    std::uint8_t address_[16] = {};
};

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
};

struct Circumstances {
    std::string_view user;
    std::string_view service;
    std::string_view rhost;
    std::string_view tty;
    // Names of the groups the user is in, from the lookup; nothing: the lookup failed or was not made.
    const std::vector<std::string>* groups = nullptr;
    // Groups the rules name that exist on this machine; nothing as above.
    const std::vector<std::string>* known_groups = nullptr;
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

struct Considered {
    const Rule* rule;
    Result<Mismatch> mismatch;
};

class Rules {
  public:
    Terms defaults;  // of people no rule is about, and of what a rule does not give
    std::vector<Rule> rules;

    // Every group name any rule mentions: what a lookup has to answer.
    [[nodiscard]] std::vector<std::string> groups_mentioned() const;

    // The rules in their order up to the first of which every given condition matches, or the first of which
    // that cannot be told: a group that does not exist, or a lookup that failed, is an error (not_found),
    // never "not a member". The rules must outlive the answer.
    [[nodiscard]] std::vector<Considered> consider(const Circumstances& circumstances) const;

    // What the last rule considered says; the defaults where no rule matches; its error (not_found) means
    // unavailable.
    [[nodiscard]] Result<Policy> decide(const Circumstances& circumstances) const;
};

}  // namespace secondstep
