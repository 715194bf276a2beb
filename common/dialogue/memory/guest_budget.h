#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
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
        // Of one host: answers that let nobody in, whether they count on an account or not. Each costs this node a
        // durable write, and scrypt where it is a recovery code.
        std::size_t failures_per_minute = 60;
        // Likewise: codes that were accepted without being used up. They cost a write, and nobody has to type them.
        std::size_t repetitions_per_minute = 600;
        // Of one host for one account, as a stranger there. Half of what holds all strangers back for a day
        // (recent_failures.h): the other half is left to everybody else.
        std::size_t failures_per_account_and_day = max_recent_failures / 2;
        std::size_t messages_per_account_and_day = 3;  // likewise
    };
    GuestBudget() : GuestBudget(Numbers{}) {}
    explicit GuestBudget(Numbers numbers);

    enum class Admission : std::uint8_t {
        judged,
        // For the account it is nobody's any more: judged by a decoy, which counts on no account and accepts nothing.
        by_decoy,
        not_judged,  // the host has to wait, whoever it is about
    };
    enum class Cost : std::uint8_t {
        nothing,     // a code was used up, which somebody has to have
        repetition,  // accepted, and not used up
        work,        // let nobody in, and does not count on the account
        failure,     // counts on the account
    };
    // One more answer, which counts as a failure until it is settled. `stranger`: it does not come from a place that the
    // account knows, whose failures are its own.
    [[nodiscard]] Admission admit_answer(const HostTag& host, const std::string& account, bool stranger,
                                         Time now);
    // What became of one that was judged.
    void settle_answer(const HostTag& host, const std::string& account, bool stranger, Time now, Cost cost);
    // No answer of the host is judged now.
    [[nodiscard]] bool has_to_wait(const HostTag& host, Time now);

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
    [[nodiscard]] bool is_used_up(const HostTag& host, Time now);

    const Numbers numbers_;
    mutable std::mutex mutex_;
    std::map<HostTag, Times> of_host_;
    std::map<HostTag, Times> repetitions_;
    std::map<Key, Times> answers_;
    std::map<Key, Times> messages_;
    std::size_t look_at_;  // so many accounts
};

}  // namespace secondstep::dialogue
