#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/bytes.h"
#include "base/error.h"
#include "base/randomness.h"
#include "base/secret.h"

namespace secondstep::dialogue {

// For portals that ask for password and code with every request: a code that was accepted is accepted again,
// for the same account, service and exact address. In memory only, as an HMAC under a key
// of this process. Thread-safe.
class RepeatedCodes {
  public:
    using Time = std::chrono::steady_clock::time_point;
    struct Use {
        // The record and its authenticators: who sets up again voids the codes of before.
        std::string_view enrollment;
        std::string_view service;
        std::string_view address;  // as exact_address() writes it
    };

    explicit RepeatedCodes(Randomness& randomness) : key_(randomness.secret(32)) {}

    // An error of the cryptography counts as "no".
    [[nodiscard]] bool knows(const Use& use, const Secret& code, Time now);
    // Until then. Knowing it already does not move its end.
    void add(const Use& use, const Secret& code, Time now, std::chrono::seconds time);

  private:
    [[nodiscard]] Result<std::string> name_of(const Use& use, const Secret& code) const;
    Secret key_;
    std::mutex mutex_;
    std::unordered_map<std::string, Time> ends_;  // bounded
};

}  // namespace secondstep::dialogue
