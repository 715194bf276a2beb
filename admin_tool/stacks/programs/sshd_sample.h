#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "stacks/programs/sshd_configuration.h"

namespace secondstep::tool {

struct SshdPerson {
    std::string name;
    std::vector<std::string> groups;
    // Stands for members that a group has not got here yet, or that its directory does not list: sshd itself knows
    // nothing of them.
    bool is_invented = false;
};

struct SampledLogin {
    SshdLogin login;
    bool is_ordinary = false;
    bool is_invented = false;
};

// Logins to look at: one of each kind that the Match lines tell apart, of root and of `people`, from 192.0.2.1,
// 2001:db8::1, ::1 and an address of each `Match Address`, to each address and port that Match lines name.
// sshd knows nothing of who is enrolled: whom it tells apart its Match lines say, so that one of each kind stands
// for those who are and for those who are not. Ordinary is the kind most people belong to, from elsewhere.
struct SshdSample {
    std::vector<SampledLogin> logins;
    bool is_whole = true;  // false: there were more kinds than are looked at
};
[[nodiscard]] SshdSample sample_of(const SshdConfiguration& sshd, const std::vector<SshdPerson>& people);
inline constexpr std::size_t most_sampled_logins = 32;

// Names that `Match User` or `Match Group` lines are about, '!' left out; of "svc-*" one that it matches: "svc-x".
[[nodiscard]] std::vector<std::string> names_in(const SshdConfiguration& sshd, SshdMatch::Kind kind);

}  // namespace secondstep::tool
