#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "account/account_name.h"
#include "account/source.h"
#include "dialogue/enrollment.h"

namespace secondstep::dialogue {

// Keys that were shown and not confirmed yet. Who reconnects within 15 minutes from the same source sees the
// same key again, so that no dead entry stays in his app. In memory only; thread-safe.
class PendingEnrollments {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // The pending one of this account and source, or what `draft` makes, which is pending from now on.
    [[nodiscard]] Enrollment find_or(const RecordName& record, const Source& source, Time now,
                                     const std::function<Enrollment()>& draft);
    // Something was enrolled: what is pending for the account, from anywhere, is void.
    void forget(const RecordName& record);

  private:
    struct Pending {
        std::string record;
        Source source;
        Time since;
        Enrollment enrollment;
    };
    std::mutex mutex_;
    std::vector<Pending> pending_;  // oldest first; bounded
};

}  // namespace secondstep::dialogue
