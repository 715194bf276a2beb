#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/certainty.h"

namespace secondstep::tool {

// One login, by all that sshd's Match lines can ask about it.
struct SshdLogin {
    std::string user;
    std::vector<std::string> groups;
    std::string host;  // what sshd takes for the client's name: the address, unless UseDNS
    std::string address;
    std::string local_address;
    std::string local_port = "22";
};

// The words behind `Match`: criteria that all have to hold.
class SshdMatch {
  public:
    enum class Kind : std::uint8_t {
        all,
        user,
        group,
        host,
        address,
        local_address,
        local_port,
        other,  // RDomain, or one of a newer sshd: cannot be told without asking it
    };
    struct Criterion {
        Kind kind;
        std::string patterns;  // lower case for a host
    };
    // "User alice,bob Address 192.0.2.0/24"
    [[nodiscard]] static SshdMatch parse(std::string_view words);

    [[nodiscard]] Certainty holds_for(const SshdLogin& login) const;
    [[nodiscard]] const std::vector<Criterion>& criteria() const { return criteria_; }
    [[nodiscard]] bool is_about(Kind kind) const;

  private:
    std::vector<Criterion> criteria_;
};

}  // namespace secondstep::tool
