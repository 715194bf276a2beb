#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "account/account_name.h"
#include "base/secret.h"
#include "delivery/address.h"

namespace secondstep::dialogue {

// Addresses that a code was sent to and that are not confirmed yet. Who reconnects from exactly the same
// place and proves the same again (the message was late) confirms the address with that code, and no second
// one is sent. In memory only; thread-safe.
class PendingAddresses {
  public:
    using Time = std::chrono::steady_clock::time_point;
    struct Key {
        RecordName record;
        std::string from;   // as in PendingEnrollments
        std::string shown;  // likewise; of one dialogue alone where nothing is repeated
        delivery::Address address;
    };

    void add(const Key& key, Secret code, Time until);
    [[nodiscard]] bool waits_for_code(const Key& key, Time now);
    // Right or not; in constant time. After three wrong ones nothing is right any more.
    [[nodiscard]] bool is_code(const Key& key, std::string_view digits, Time now);
    // The code did not leave.
    void drop(const Key& key);
    // Something was enrolled: what is pending for the account, from anywhere, is void.
    void forget(const RecordName& record);

  private:
    struct Pending {
        Key key;
        Secret code;
        Time until;
        unsigned wrong = 0;
    };
    [[nodiscard]] Pending* find(const Key& key, Time now);

    std::mutex mutex_;
    std::vector<Pending> pending_;  // oldest first; bounded
};

}  // namespace secondstep::dialogue
