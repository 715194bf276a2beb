#pragma once

#include <array>
#include <string>
#include <vector>

#include "account.h"
#include "contender.h"
#include "lab.h"

namespace secondstep::bench {

// The people of LAB/people, accounts in /etc/passwd, enrolled in the store of the service "people" while it runs.
class People {
  public:
    explicit People(const Lab& lab);

    // Everybody once.
    using Pass = std::vector<DueLogin>;
    static constexpr std::size_t passes = 2;
    // Enrolls everybody anew and returns two logins for each, one with the code of this step and one with the code of the
    // next, to be used in this order. The first ones are right for half a minute at least.
    [[nodiscard]] std::array<Pass, passes> renew();
    [[nodiscard]] const std::vector<BenchAccount>& accounts() const { return accounts_; }

  private:
    void enroll_everybody();
    std::string store_;
    std::vector<BenchAccount> accounts_;
};

// Names that stand in a file of the lab, with keys that nobody knows.
[[nodiscard]] std::vector<BenchAccount> names_in(const std::string& path);

}  // namespace secondstep::bench
