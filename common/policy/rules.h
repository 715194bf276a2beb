#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace secondstep {

// What a rule asks of the people it is about.
enum class Action : std::uint8_t {
    allow,    // who is enrolled is asked; who is not goes on without
    require,  // who is not enrolled is refused
    exempt,   // nobody is asked
};
[[nodiscard]] std::string_view to_text(Action action);

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
    Action action = Action::allow;
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

struct Policy {
    Action action = Action::allow;
    std::string rule;  // the name of the rule that decided; empty: the default
};

class Rules {
  public:
    Action default_action = Action::allow;
    std::vector<Rule> rules;

    // Every group name any rule mentions: what a lookup has to answer.
    [[nodiscard]] std::vector<std::string> groups_mentioned() const;

    // The first rule of which every given condition matches decides. A group that does not exist, or a lookup
    // that failed, makes the answer an error (not_found): unavailable, never "not a member".
    [[nodiscard]] Result<Policy> decide(const Circumstances& circumstances) const;
};

}  // namespace secondstep
