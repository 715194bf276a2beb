#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "account.h"
#include "samples.h"
#include "service.h"
#include "usage.h"

namespace secondstep::bench {

// A login that is going to be accepted, once.
struct DueLogin {
    const BenchAccount* account = nullptr;
    std::string code;
};

// What logins cost that were made one after the other.
struct Cost {
    int logins = 0;
    Samples inside;  // pam_authenticate
    Samples judged;  // of it, from the code to the verdict
    Samples whole;   // pam_start to pam_end
    Usage caller;
    Usage service;
    Nanoseconds machine{};  // see busy_machine()

    [[nodiscard]] double processor_us() const;  // per login, caller and service
};

// What came of logins at once.
struct Throughput {
    double accepted_per_second = 0;
    double refused = 0;  // the share of them
};

// A stack of the lab, through which the same logins go as through the others.
class Contender {
  public:
    struct Plan {
        std::string stack;  // in LAB/pam.d
        std::string label;
        // When all have new keys, and before each login.
        std::function<void(const std::vector<BenchAccount>&)> enrolled{};
        std::function<void(const BenchAccount&)> before_login{};
        std::optional<Service> service{};
    };
    Contender(const Lab& lab, Plan plan);

    void enrolled(const std::vector<BenchAccount>& accounts) const;
    void prepare(const BenchAccount& account) const;  // before its login, unmeasured

    // In this process, each accepted or noted. The module stays loaded from the first login on.
    void log_in(std::span<const DueLogin> logins, Cost& cost);
    // Each in a process of its own, as sshd does it, which loads the module.
    void log_in_afresh(std::span<const DueLogin> logins, Cost& cost);
    // By `processes` that begin together, each with a share of the logins. Whoever is refused is only counted.
    [[nodiscard]] Throughput log_in_at_once(std::span<const DueLogin> logins, int processes) const;
    // How many of `processes` that begin together were let in by the same code.
    [[nodiscard]] int accepted_of_one_code(const DueLogin& login, int processes) const;
    // How long pam_authenticate took to say what `expected` is: a PAM code.
    void answer(const BenchAccount& account, const std::string& answer, int expected, Samples& inside);

    [[nodiscard]] const std::string& label() const { return plan_.label; }
    [[nodiscard]] bool has_service() const { return plan_.service.has_value(); }
    void forget_names() const;
    // What had another end than it should have, and how often.
    [[nodiscard]] const std::map<std::string, int>& unexpected() const { return unexpected_; }

  private:
    [[nodiscard]] Usage service_usage() const;
    void expect(int code, int expected);
    std::string confdir_;
    Plan plan_;
    std::map<std::string, int> unexpected_;
};

void prepare(const std::vector<Contender>& contenders, std::span<const DueLogin> logins);

}  // namespace secondstep::bench
