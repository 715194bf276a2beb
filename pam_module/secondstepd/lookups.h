#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "secondstepd/limits.h"

namespace secondstep::service {

// Look-ups in the name service block the thread they run on, for as long as a directory likes. That is the
// thread that wants the answer: handing them over would cost two wake-ups, more than a look-up does. So only
// so many may run at once, and the event loop has that many threads more than it needs. Anybody may have any
// name looked up, so one user has a share of them only, and all users together leave some to root.
// Thread-safe.
class Lookups {
  public:
    static constexpr std::size_t most = 8;
    static constexpr std::size_t most_of_a_user = 2;
    static constexpr std::size_t most_of_a_trusted_caller = 4;
    static constexpr std::size_t longest_queue = 1024;

    using Turn = Limits::Place;
    using Later = std::function<void(Turn)>;

    // Where there was no room for all threads: of so many one is kept for everything else, and a look-up that hangs
    // holds up nobody but those who have to be looked up. Before anybody begins.
    void have_threads(std::size_t threads);

    // Nothing: as many run as may, of theirs or of all.
    [[nodiscard]] std::optional<Turn> begin(Limits::Holder whose);
    // `later` runs when its turn has come; not if `who` is gone by then, who then has no place in the queue either.
    // False: too many wait.
    [[nodiscard]] bool wait(Limits::Holder whose, const std::shared_ptr<const void>& who, Later later);
    // To be called by whoever gave a turn back or said wait(), when their thread is free.
    void run_waiting();

  private:
    struct Waiting {
        Limits::Holder whose;
        std::weak_ptr<const void> who;
        Later later;
    };
    struct Next {
        Later later;
        Turn turn;
    };
    [[nodiscard]] std::optional<Next> next();

    Limits running_{{.per_user = most_of_a_user, .per_trusted = most_of_a_trusted_caller, .total = most}};
    std::mutex mutex_;
    std::deque<Waiting> waiting_;
    std::atomic<std::size_t> length_ = 0;  // of waiting_: mostly nobody waits
};

}  // namespace secondstep::service
