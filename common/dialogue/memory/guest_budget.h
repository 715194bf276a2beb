#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "account/state.h"

namespace secondstep::dialogue {

// What each host of the fleet may cause at this node. Whoever has broken into one must not lock people out with it, nor
// fill their mailboxes: beyond these only that host waits, for that account or altogether. In memory, of this process;
// thread-safe.
class GuestBudget {
  public:
    using Time = std::chrono::steady_clock::time_point;
    struct Numbers {
        std::size_t failures_per_minute = 60;  // of one host
        // Of one host for one account, as a stranger there. Half of what holds all strangers back for a day
        // (recent_failures.h): the other half is left to everybody else.
        std::size_t failures_per_account_and_day = max_recent_failures / 2;
        std::size_t messages_per_account_and_day = 3;  // likewise
    };
    GuestBudget() : GuestBudget(Numbers{}) {}
    explicit GuestBudget(Numbers numbers);

    // One more answer is judged, which counts as wrong until it is taken back. `stranger`: it does not come from a place
    // that the account knows, whose failures are its own. False: it is not to be judged.
    [[nodiscard]] bool admit_answer(const HostTag& host, const std::string& account, bool stranger, Time now);
    void take_back_answer(const HostTag& host, const std::string& account, bool stranger, Time now);

    // One more message for somebody who logs in there.
    [[nodiscard]] bool admit_message(const HostTag& host, const std::string& account, Time now);
    // The code of a message was right: those before it were wanted.
    void messages_were_wanted(const HostTag& host, const std::string& account);

    [[nodiscard]] std::size_t accounts() const;  // that it remembers something of

  private:
    using Times = std::deque<Time>;
    using Key = std::pair<HostTag, std::string>;
    static void forget(Times& times, Time before);
    static void take_last(Times& times, Time now);
    void forget_everything_old(Time now);

    const Numbers numbers_;
    mutable std::mutex mutex_;
    std::map<HostTag, Times> of_host_;
    std::map<Key, Times> answers_;
    std::map<Key, Times> messages_;
    std::size_t look_at_;  // so many accounts
};

}  // namespace secondstep::dialogue
