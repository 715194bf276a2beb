#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "account/account_name.h"
#include "enrollment/enrollment.h"

namespace secondstep::dialogue {

// Keys that were shown and not confirmed yet. Who reconnects within 15 minutes, from exactly the same place,
// and proves the same again sees the same key again, so that no dead entry stays in the app. Nobody else
// does: whoever was shown a key has it. In memory only; thread-safe.
class PendingEnrollments {
  public:
    using Time = std::chrono::steady_clock::time_point;
    struct Key {
        RecordName record;
        std::string from;   // exactly, and by whose word: SentFor::source
        std::string shown;  // what was proved to see it: EnrollmentCommit::shown_for()
    };

    // The pending one, or what `draft` makes, which is pending from now on.
    [[nodiscard]] Enrollment find_or(const Key& key, Time now, const std::function<Enrollment()>& draft);
    // Something was enrolled: what is pending for the account, from anywhere, is void.
    void forget(const RecordName& record);

  private:
    struct Pending {
        Key key;
        Time since;
        Enrollment enrollment;
    };
    std::mutex mutex_;
    std::vector<Pending> pending_;  // oldest first; bounded
};

}  // namespace secondstep::dialogue
