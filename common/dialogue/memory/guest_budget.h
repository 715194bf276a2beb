#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
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
        // Of these, so that one person who logs in there, or one who guesses from outside, does not use up what everybody
        // on that host has: for one account, of strangers and of its owner at places that it knows each; from one place; and for
        // all who come from no place that their account knows.
        std::size_t for_one_account = 10;
        std::size_t from_one_place = 30;
        std::size_t of_strangers = 45;
        // Likewise: codes that were accepted without being used up. They cost a write, and nobody has to type them.
        std::size_t repetitions_per_minute = 600;
        std::size_t repetitions_for_one_account = 60;
        // Of one host for one account, as a stranger there. Half of what holds all strangers back for a day
        // (recent_failures.h): the other half is left to everybody else.
        std::size_t failures_per_account_and_day = max_recent_failures / 2;
        std::size_t messages_per_account_and_day = 3;  // likewise
    };
    GuestBudget() : GuestBudget(Numbers{}) {}
    explicit GuestBudget(Numbers numbers);

    // What the place of everybody begins with who sits at the machine itself: together they are one.
    static constexpr std::string_view local_place = "local/";
    // Somebody who logs in on a host, as the host says.
    struct Asker {
        HostTag host{};
        std::string account;
        std::string place;     // share_of()
        bool stranger = true;  // this is no place that the account knows, whose failures are its own
    };
    enum class Admission : std::uint8_t {
        judged,
        // For the account it is nobody's any more: judged by a decoy, which counts on no account and accepts nothing.
        by_decoy,
        not_judged,  // they have to wait, or everybody on that host
        // As many answers are being judged as could use up what is left, of the minute or of the account's day. Ask again: when
        // one of them is settled it is known.
        busy,
    };
    enum class Cost : std::uint8_t {
        nothing,     // a code was used up, which somebody has to have
        no_verdict,  // this node could not judge
        repetition,  // accepted, and not used up
        work,        // let nobody in, and does not count on the account
        failure,     // counts on the account
    };
    struct Admitted {
        Admission how = Admission::judged;
        std::uint64_t number = 0;  // of this answer, for settle_answer()
    };
    // One more answer, which counts as a failure until it is settled.
    [[nodiscard]] Admitted admit_answer(const Asker& asker, Time now);
    // What became of one that was judged. `now` as it was admitted.
    void settle_answer(const Asker& asker, std::uint64_t number, Time now, Cost cost);
    // No answer of theirs is judged now. Of a stranger the same whether the account is anybody's.
    [[nodiscard]] bool has_to_wait(const Asker& asker, Time now);

    // One more message for somebody who logs in there.
    [[nodiscard]] bool admit_message(const HostTag& host, const std::string& account, Time now);
    // The code of a message was right: those before it were wanted.
    void messages_were_wanted(const HostTag& host, const std::string& account);

    [[nodiscard]] std::size_t accounts() const;  // that it remembers something of

  private:
    using Times = std::deque<Time>;
    using Key = std::pair<HostTag, std::string>;
    // An answer that lets nobody in, or is not known yet not to.
    struct Answer {
        std::uint64_t number;
        Time when;
        std::string account;
        std::string place;
        bool stranger;
        bool of_the_day;  // of the account's, too
        bool settled = false;
    };
    struct Repetition {
        Time when;
        std::string account;
    };
    struct OfHost {
        std::deque<Answer> answers;
        std::deque<Repetition> repetitions;
    };
    enum class Room : std::uint8_t { enough, none, none_yet };
    static void forget(Times& times, Time before);
    static void take_last(Times& times, Time now);
    void forget_everything_old(Time now);
    [[nodiscard]] OfHost& of(const HostTag& host, Time now);
    [[nodiscard]] Room room_for(const Asker& asker, Time now);
    [[nodiscard]] Admission admit_stranger(const Asker& asker, Time now);
    [[nodiscard]] bool repeats_too_often(const OfHost& there, const Asker& asker) const;

    const Numbers numbers_;
    mutable std::mutex mutex_;
    std::map<HostTag, OfHost> hosts_;
    std::uint64_t last_ = 0;
    std::map<Key, Times> answers_;
    std::map<Key, Times> messages_;
    std::size_t look_at_;  // so many accounts
};

}  // namespace secondstep::dialogue
